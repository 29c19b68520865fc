/** GET and POST /forgot-password: has a link mailed by which another password is set; says nothing of who has an account. */
import { emailAddress } from '../../contracts/http/fields.ts';
import { ForgotPasswordForm, SentQuery } from '../../contracts/http/forms.ts';
import type { Problem } from '../../domain/problem.ts';
import { requestLinkByMail } from '../../flows/request-link.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { passOn } from '../oauth/authorize/lead-to.ts';
import { came, giveBack, languageFor } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type ForgotPasswordProps, forgotPasswordPage, resetSentPage } from './forgot-password/page.ts';
import { type Opened, openPage } from './opened-page.ts';
import { keepRequest } from './request-cookie.ts';
import { sentForms } from './sent.ts';

const PATH = '/forgot-password';

const pages = stagePages();
const settings = stageSettings();
const door = stageBrowserDoor();
const { forms, carriedRequests } = door;
const needs = { settings, forms, carriedRequests, database: stageDatabase(), pseudonyms: stagePseudonyms() };
const trouble = carriedTrouble(pages);
/** For whom this browser has asked. */
const asked = sentForms<{ readonly email: string }>(door, 'reset-asked');

type Refusal = Pick<ForgotPasswordProps, 'email' | 'fault'>;

async function show(request: RawRequest, opened: Opened, refusal: Refusal = {}): Promise<HttpAnswer> {
  // There is none to forget.
  if (settings.emailLogin === 'only')
    return passOn(pages, languageFor(request, opened), '/sign-in-by-mail', came(opened));
  const { carried, view, cookies, addressOf } = await openPage(needs, request, PATH, opened);
  const page = forgotPasswordPage({
    ...view,
    email: carried?.request.loginHint,
    canCancel: carried !== null,
    links: { signIn: addressOf('/sign-in') },
    ...refusal,
  });
  return { ...pages.answer(view.language, page), cookies };
}

async function showSent(request: RawRequest, came: Opened, email: string): Promise<HttpAnswer> {
  const { view, cookies, addressOf } = await openPage(needs, request, PATH, came);
  const page = resetSentPage({
    language: view.language,
    email,
    linkSeconds: settings.resetLinkMinutes * 60,
    links: { signIn: addressOf('/sign-in'), again: addressOf(PATH) },
  });
  return { ...pages.answer(view.language, page), cookies: [...cookies, ...keepRequest(came.request, settings)] };
}

async function act(request: HttpRequest<(typeof ForgotPasswordForm)['_zod']['output']>): Promise<HttpAnswer> {
  const { body, context } = request;
  await forms.check(request, body.form_token);
  const opened = await openPage(needs, request, PATH, body);
  const { carried, view } = opened;
  if (body.cancel !== '' && carried) return giveBack(pages, view.language, carried.request, settings);
  const email = emailAddress.safeParse(body.email);
  if (!email.success) {
    return { ...(await show(request, body, { email: body.email, fault: 'malformed' })), status: 400 };
  }
  await requestLinkByMail(needs, 'reset_password', email.data, context);
  const answer = await asked.leadTo(opened, PATH, body.request, { email: email.data });
  return answer ?? showSent(request, body, email.data);
}

function faultOf({ code, retryAfter = 0 }: Problem): ForgotPasswordProps['fault'] {
  if (code === 'FORM_EXPIRED') return 'stale';
  return code === 'RATE_LIMITED' ? { limitedSeconds: retryAfter } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: SentQuery }, (request) =>
    trouble(request, request.query, async () => {
      const sent = await asked.openHere(request, request.query.sent);
      return sent ? showSent(request, request.query, sent.email) : show(request, request.query);
    }),
  ),
  POST: pageRoute(pages, { body: ForgotPasswordForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          const fault = faultOf(problem);
          return fault && show(request, request.body, { email: request.body.email, fault });
        },
      ),
    ),
  ),
});
