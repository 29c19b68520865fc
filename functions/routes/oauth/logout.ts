/**
 * GET and POST /oauth/logout: a client, or the person, wants the browser to be signed out (OpenID Connect RP-Initiated
 * Logout 1.0). A hint of that very session is enough; anything else is asked about. Who is sent to a client afterwards, is
 * sent to a registered address, and only where the hint or the person says that it is that client's (S74).
 */
import { LogoutForm, LogoutQuery } from '../../contracts/http/forms.ts';
import { sidOf } from '../../domain/browser-session.ts';
import type { ClientId } from '../../domain/ids.ts';
import { removeSessionCookie, sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import { FORM_TOKEN } from '../../http/form-token.ts';
import { type IdTokenHint, readIdToken } from '../../http/id-token-hint.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo, withParameters } from '../../http/redirect.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePages } from '../../stage/pages.ts';
import { stagePublishedKeys } from '../../stage/published-keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { type LogoutState, logOutBrowser } from '../../store/browser-logout.ts';
import { languageFor, originsOf, pageAddress } from '../pages/carried.ts';
import { carriedTrouble } from '../pages/carried-trouble.ts';
import { badRequestPage } from '../pages/request-error/page.ts';
import { signedOutPage, signOutPage } from '../pages/sign-out/page.ts';

const pages = stagePages();
const settings = stageSettings();
const database = stageDatabase();
const publishedKeys = stagePublishedKeys();
const { forms } = stageBrowserDoor();
const trouble = carriedTrouble(pages);

/** What was sent, as it came. */
type Sent = (typeof LogoutQuery)['_zod']['output'];

/** The parameters, each once. */
interface Parameters {
  readonly id_token_hint?: string | undefined;
  readonly client_id?: string | undefined;
  readonly post_logout_redirect_uri?: string | undefined;
  readonly state?: string | undefined;
  readonly ui_locales?: string | undefined;
}

const parameterNames = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'] as const;

const once = (sent: Sent): Parameters => Object.fromEntries(parameterNames.map((name) => [name, sent[name][0]]));

async function logOut(request: RawRequest, sent: Sent, confirmed: boolean): Promise<HttpAnswer> {
  if (parameterNames.some((name) => sent[name].length > 1)) return repeated(request, sent);
  const parameters = once(sent);
  const { client_id: named, post_logout_redirect_uri: uri } = parameters;
  const hint = await hintOf(parameters);
  const cookie = sessionCookie(request, settings);
  // Section 2: where both are there, the client has to be whom the token was issued to.
  const clientId = ((hint ? hint.clients[0] : named) ?? null) as ClientId | null;
  const state = await logOutBrowser(
    database,
    {
      cookie,
      clientId,
      hint:
        hint?.sid && cookie && clientId
          ? { sub: hint.sub, sid: hint.sid, isOfCookie: sidOf(cookie, clientId) === hint.sid }
          : null,
      redirectUri: uri ?? null,
      confirmed,
    },
    request.context,
  );
  const language = languageFor(request, {
    lang: sent.lang || parameters.ui_locales?.split(' ')[0] || '',
    locale: state.locale,
  });
  if (state.session_id !== null && !state.ended) return ask(request, sent, language, state);
  const target = state.is_registered && (hint !== null || confirmed) ? uri : undefined;
  const answer = target ? backTo(target, parameters.state) : signedOut();
  return { ...answer, cookies: cookie ? [removeSessionCookie(settings)] : [] };

  function signedOut(): HttpAnswer {
    const back = state.is_registered && uri && state.client_name ? { client: state.client_name, href: uri } : undefined;
    return pages.answer(language, signedOutPage({ language, signIn: settings.signInUrl ?? '/sign-in', back }));
  }
}

async function hintOf({ id_token_hint: token, client_id: named }: Parameters): Promise<IdTokenHint | null> {
  const hint = token ? await readIdToken(token, publishedKeys, settings) : null;
  return hint?.clients.length === 1 && (named === undefined || hint.clients[0] === named) ? hint : null;
}

/** Section 3: `state` as it was. */
const backTo = (target: string, state: string | undefined): HttpAnswer =>
  redirectTo(withParameters(target, state === undefined ? {} : { state }));

async function ask(
  request: RawRequest,
  sent: Sent,
  language: ReturnType<typeof languageFor>,
  { email, client_name, is_registered }: LogoutState,
): Promise<HttpAnswer> {
  const { token, cookies } = await forms.issue(request);
  const hidden = { ...filled(once(sent)), lang: language, [FORM_TOKEN]: token };
  const page = signOutPage({
    language,
    form: { action: '/oauth/logout', hidden },
    formsTo: originsOf(is_registered ? once(sent).post_logout_redirect_uri : undefined),
    account: email ?? '',
    client: client_name === null ? undefined : { name: client_name },
  });
  return { ...pages.answer(language, page), cookies };
}

const filled = (parameters: Parameters): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));

function repeated(request: RawRequest, sent: Sent): HttpAnswer {
  const language = languageFor(request, { lang: sent.lang });
  const { correlationId } = request.context;
  return pages.answer(
    language,
    badRequestPage({ language, fault: 'repeated', clientId: sent.client_id[0], correlationId }),
  );
}

/**
 * A client's own form brings no cookie (SameSite=Lax), so it is answered with our GET, which has it. Our form says yes or
 * no.
 */
async function post(request: HttpRequest<(typeof LogoutForm)['_zod']['output']>): Promise<HttpAnswer> {
  const { body } = request;
  if (body.form_token === '') {
    const query = pageAddress('/oauth/logout', { ...once(body), lang: body.lang });
    return redirectTo(query);
  }
  await forms.check(request, body.form_token);
  if (body.cancel !== '') return redirectTo('/sign-in');
  return logOut(request, body, true);
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: LogoutQuery }, (request) =>
    trouble(request, request.query, () => logOut(request, request.query, false)),
  ),
  POST: pageRoute(pages, { body: LogoutForm }, (request) => trouble(request, request.body, () => post(request))),
});
