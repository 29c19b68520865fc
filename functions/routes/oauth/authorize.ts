/** GET and POST /oauth/authorize: a client's request for authorization, and those that come back from our pages. */
import { AuthorizeParameters } from '../../contracts/http/oauth.ts';
import { type AuthorizationParameters, parseAuthorization } from '../../domain/authorization-parameters.ts';
import { isAddress } from '../../domain/client-document.ts';
import type { ClientId } from '../../domain/ids.ts';
import { firstKnown, type Language } from '../../domain/language.ts';
import { Problem } from '../../domain/problem.ts';
import type { Pseudonyms } from '../../domain/pseudonym.ts';
import { readRequestUri } from '../../domain/pushed-request.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { isStorable } from '../../domain/storable-text.ts';
import { type Arriving, authorize } from '../../flows/authorize.ts';
import { admitDocument, currentClients } from '../../flows/find-current-client.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import { readIdTokenHint } from '../../http/id-token-hint.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import { pageLanguage } from '../../http/page.ts';
import { pageRoute } from '../../http/page-route.ts';
import { isForeign } from '../../http/session-route.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageFetch } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stagePublishedKeys } from '../../stage/published-keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { answerClient } from './authorize/answer-client.ts';
import { leadTo, toOwnGet } from './authorize/lead-to.ts';
import { authorizationTrouble } from './authorize/trouble.ts';

const pages = stagePages();
const settings = stageSettings();
const { carriedRequests } = stageBrowserDoor();
const publishedKeys = stagePublishedKeys();
const database = stageDatabase();
const currentClient = currentClients({ database, settings, fetch: stageFetch() });
/** Made when it is needed: a cold start waits for no key that hardly any request needs. */
let pseudonyms: Pseudonyms | undefined;

/** @throws Problem RATE_LIMITED where too many documents were read for whoever asks */
async function isDocument(clientId: ClientId, context: RequestContext): Promise<boolean> {
  if (!isAddress(clientId)) return false;
  return (
    null !==
    (await currentClient(clientId, context, () => {
      pseudonyms ??= stagePseudonyms();
      return admitDocument({ database, settings, pseudonyms }, context);
    }))
  );
}

async function answer(request: RawRequest, parameters: AuthorizationParameters): Promise<HttpAnswer> {
  const language = languageFor(request, parameters);
  try {
    const { context } = request;
    const browser = sessionCookie(request, settings);
    const needs = { database, settings, isDocument: (id: ClientId) => isDocument(id, context) };
    const outcome = await authorize(needs, await arriving(request, parameters), browser, context.now);
    if ('answer' in outcome) return answerClient(pages, language, outcome.answer);
    const { text, cookies } = await carriedRequests.carry(outcome, request);
    return { ...leadTo(pages, language, outcome.step, text), cookies };
  } catch (error) {
    return authorizationTrouble(pages, error, language, request, parameters.client_id?.[0]);
  }
}

async function arriving(request: RawRequest, parameters: AuthorizationParameters): Promise<Arriving> {
  const [carried] = parameters.continue ?? [];
  if (carried !== undefined) return carriedRequests.goOn(carried, request);
  const pushed = pushedOf(parameters);
  if (pushed) return pushed;
  return parseAuthorization(
    parameters,
    (token, clientId) => readIdTokenHint(token, clientId, publishedKeys, settings),
    request.context.now.getTime(),
  );
}

/** Beside its address only `client_id` counts (RFC 9126 §4). @returns null for what is no pushed request of ours */
function pushedOf({ request_uri: [uri = ''] = [], client_id: clients = [] }: AuthorizationParameters): Arriving | null {
  const hash = readRequestUri(uri);
  if (!hash) return null;
  const [clientId, ...others] = clients;
  if (others.length > 0) throw new Problem('VALIDATION_ERROR');
  if (!clientId || !isStorable(clientId)) throw new Problem('CLIENT_UNKNOWN');
  return { pushed: hash, clientId: clientId as ClientId };
}

function languageFor(request: RawRequest, parameters: AuthorizationParameters): Language {
  const [locales = ''] = parameters.ui_locales ?? [];
  return firstKnown(locales.split(' ', 10)) ?? pageLanguage(request);
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: AuthorizeParameters }, (request) => answer(request, request.query)),
  POST: pageRoute(pages, { body: AuthorizeParameters }, (request) =>
    // Another site's form brings no cookie (SameSite=Lax): who is signed in shows at our own GET.
    isForeign(request, settings.issuer)
      ? toOwnGet(pages, languageFor(request, request.body), request.body)
      : answer(request, request.body),
  ),
});
