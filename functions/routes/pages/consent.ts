/** GET and POST /consent: whether a client may use the account. The request that led here goes on by itself. */
import { CarriedQuery, ConsentForm } from '../../contracts/http/forms.ts';
import type { AuthorizationRequest } from '../../domain/authorization-request.ts';
import { isAddress } from '../../domain/client-document.ts';
import { logoHash } from '../../domain/client-logo.ts';
import { shownUserCode } from '../../domain/device-code.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { clientLogoUrl } from '../../http/page-files.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { type ConsentQuestion, findConsentQuestion, grantConsent } from '../../store/consents.ts';
import { denyDevice } from '../../store/device-codes.ts';
import { giveBack, goOn, languageFor, pageAddress } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type ConsentProps, consentPage } from './consent/page.ts';
import { openPage } from './opened-page.ts';

const pages = stagePages();
const settings = stageSettings();
const database = stageDatabase();
const { forms, carriedRequests } = stageBrowserDoor();
const trouble = carriedTrouble(pages);
const PATH = '/consent';

interface Opened {
  readonly request: string;
  readonly lang: string;
}

async function show(request: RawRequest, { request: text, lang }: Opened): Promise<HttpAnswer> {
  const { now } = request.context;
  const carried = await carriedRequests.open(text, now);
  const browser = sessionCookie(request, settings);
  const question = browser && (await findConsentQuestion(database, browser, carried.request, now));
  // Nobody is signed in any more, or the client has gone: the request itself finds out what to do then.
  if (!question) return goOn(pages, languageFor(request, { lang, carried }), { request: text });

  const opened = { request: text, invitation: '', lang, locale: question.locale };
  const { view, cookies, addressOf } = await openPage({ settings, forms, carriedRequests }, request, PATH, opened);
  const shown = { account: question.user_id, shown: question.consent_hash };
  const page = consentPage({
    ...view,
    form: { ...view.form, hidden: { ...view.form.hidden, ...shown } },
    ...asked(question, carried.request),
    device: deviceOf(question),
    links: { otherAccount: addressOf('/sign-in', { other: 'true' }) },
  });
  return { ...pages.answer(view.language, page), cookies };
}

/** What the person compares with the device that they have before them, or have not. */
const deviceOf = ({ user_code, asked_at, asked_ip, asked_user_agent }: ConsentQuestion): ConsentProps['device'] =>
  user_code === null
    ? undefined
    : {
        userCode: shownUserCode(user_code),
        askedAt: new Date(asked_at ?? 0),
        ipAddress: asked_ip ?? '',
        userAgent: asked_user_agent,
      };

/** The name is the client's choice; where the answer goes is what was registered, and found before. */
function asked(
  { client_name, logo_uri, policy_uri, tos_uri, email, scopes }: ConsentQuestion,
  { clientId, redirectUri, device }: AuthorizationRequest,
): Pick<ConsentProps, 'client' | 'account' | 'scopes' | 'answerGoesTo'> {
  const { host, protocol } = new URL(redirectUri);
  return {
    client: {
      name: client_name,
      // A document is where its client is, of a device's too; a local port or a scheme is anybody's.
      ...(isAddress(clientId)
        ? { host: new URL(clientId).host }
        : protocol === 'https:' && device === undefined
          ? { host }
          : {}),
      ...(logo_uri === null ? {} : { logo: clientLogoUrl(settings.issuer, clientId, logoHash(logo_uri)) }),
      ...(policy_uri === null ? {} : { privacyUrl: policy_uri }),
      ...(tos_uri === null ? {} : { termsUrl: tos_uri }),
    },
    account: email,
    scopes,
    // Of a private scheme its name is all that there is.
    answerGoesTo: host === '' ? protocol : host,
  };
}

async function answer(request: HttpRequest<ConsentForm>): Promise<HttpAnswer> {
  const { body, context } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  if (body.form_token === '' && body.allow === '' && body.cancel === '') return show(request, body);
  await forms.check(request, body.form_token);
  const carried = await carriedRequests.open(body.request, context.now);
  const language = languageFor(request, { lang: body.lang, carried });
  if (body.allow === '') {
    const { device } = carried.request;
    if (device === undefined) return giveBack(pages, language, carried.request, settings);
    const isAllowed = await denyDevice(database, device, body.account, context.now);
    return redirectTo(pageAddress('/device', { done: isAllowed ? 'late' : 'denied', lang: body.lang }));
  }

  const browser = sessionCookie(request, settings);
  if (!browser) return goOn(pages, language, { request: body.request });
  const consent = { browser, request: carried.request, userId: body.account, consentHash: body.shown };
  const granted = await grantConsent(database, consent, context);
  // Another tab has signed in as somebody else, or the client is another by now: what is asked is not what was shown.
  return granted ? goOn(pages, language, { request: body.request }) : show(request, body);
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: CarriedQuery }, (request) =>
    trouble(request, request.query, () => show(request, request.query)),
  ),
  POST: pageRoute(pages, { body: ConsentForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => answer(request),
        ({ code }) => (code === 'FORM_EXPIRED' ? show(request, request.body) : undefined),
      ),
    ),
  ),
});
