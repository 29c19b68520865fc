/** GET and POST /sign-up: an account, the proof of its address by the mailed code, and on with the request. */
import { emailAddress, newEmailAddressOf } from '../../contracts/http/fields.ts';
import { SentQuery, SignUpForm } from '../../contracts/http/forms.ts';
import { emailKey } from '../../domain/email-address.ts';
import { newId } from '../../domain/ids.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { registrationId } from '../../domain/registration-id.ts';
import { register } from '../../flows/register.ts';
import { requestLinkByMail } from '../../flows/request-link.ts';
import { type BrowserRegistration, confirmSignUp } from '../../flows/sign-up-at-browser.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stageBreachCheck } from '../../stage/breached-passwords.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stageKeys, stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { afterSignIn } from './after-sign-in.ts';
import { giveBack } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type Opened, openPage } from './opened-page.ts';
import { keepRequest } from './request-cookie.ts';
import { sentForms } from './sent.ts';
import { type MailedProps, mailedPage } from './sign-up/mailed.ts';
import { type SignUpProps, signUpPage } from './sign-up/page.ts';

const pages = stagePages();
const settings = stageSettings();
const door = stageBrowserDoor();
const { forms, carriedRequests, key } = door;
const needs = {
  pages,
  settings,
  forms,
  carriedRequests,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  deviceTokens: stageDeviceTokens(),
  codeKey: stageKeys('verification-code'),
  passwords: await passwordHasher(settings),
  isBreached: stageBreachCheck(),
};
const trouble = carriedTrouble(pages);
const newEmailAddress = newEmailAddressOf(settings);

/** What this browser registered. */
const registrations = sentForms<Registered>(door, 'registration');

type Sent = HttpRequest<(typeof SignUpForm)['_zod']['output']>;

type Registered = BrowserRegistration & Pick<MailedProps, 'isSentAgain'>;
type Refusal = Pick<SignUpProps, 'typed' | 'faults' | 'fault'>;

async function show(request: RawRequest, opened: Opened, refusal: Refusal = {}): Promise<HttpAnswer> {
  const { carried, view, cookies, addressOf } = await openPage(needs, request, '/sign-up', opened);
  const page = signUpPage({
    ...view,
    form: { ...view.form, hidden: { ...view.form.hidden, form_id: newId() } },
    passwordMinLength: settings.emailLogin === 'only' ? undefined : settings.passwordMinLength,
    typed: { email: carried?.request.loginHint ?? '' },
    links: { signIn: addressOf('/sign-in') },
    ...refusal,
  });
  return { ...pages.answer(view.language, page), cookies };
}

async function showMailed(
  request: RawRequest,
  came: Opened,
  { userId, email, isSentAgain = false }: Registered,
  isWrong = false,
): Promise<HttpAnswer> {
  const { carried, view, cookies, addressOf, token } = await openPage(needs, request, '/sign-up', came);
  const registration = await registrations.seal({ userId, email }, token);
  const page = mailedPage({
    ...view,
    inLanguage: (lang) => addressOf('/sign-up', { sent: registration, lang }),
    isWrong,
    isSentAgain,
    form: { ...view.form, hidden: { ...view.form.hidden, registration } },
    email,
    linkSeconds: settings.verificationLinkHours * 60 * 60,
    takesCode: true,
    canCancel: carried !== null,
    links: { signIn: addressOf('/sign-in'), signUp: addressOf('/sign-up') },
  });
  return { ...pages.answer(view.language, page), cookies: [...cookies, ...keepRequest(came.request, settings)] };
}

async function leadToMailed(request: Sent, registered: Registered): Promise<HttpAnswer> {
  const { body } = request;
  const opened = await openPage(needs, request, '/sign-up', body);
  const answer = await registrations.leadTo(opened, '/sign-up', body.request, registered);
  return answer ?? showMailed(request, body, registered);
}

async function act(request: Sent): Promise<HttpAnswer> {
  const { body, context } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  if (body.form_token === '' && body.email === '' && body.registration === '') return show(request, body);
  await forms.check(request, body.form_token);
  if (body.cancel !== '' && body.request !== '') {
    const { carried, view } = await openPage(needs, request, '/sign-up', body);
    return carried ? giveBack(pages, view.language, carried.request, settings) : redirectTo('/sign-in');
  }
  if (body.registration !== '') return confirm(request);

  const email = newEmailAddress.safeParse(body.email);
  if (!email.success) {
    const isAddress = emailAddress.safeParse(body.email).success;
    const faults = { email: isAddress ? 'unsendable' : 'malformed' } as const;
    return { ...(await show(request, body, { typed: { email: body.email }, faults })), status: 400 };
  }
  const { view } = await openPage(needs, request, '/sign-up', body);
  const [newest] = await key.keys();
  const asked = { formId: body.form_id, email: emailKey(email.data), password: body.password };
  const { userId } = await register(
    needs,
    {
      email: email.data,
      password: body.password,
      organizationName: undefined,
      profile: { locale: view.language },
      userId: registrationId(asked, newest, context.now),
    },
    context,
  );
  return leadToMailed(request, { userId, email: email.data });
}

/** The mailed code, or the wish for another mail. */
async function confirm(request: Sent): Promise<HttpAnswer> {
  const { body, context } = request;
  const registered = await registrations.open(body.registration);
  if (!registered) throw new Problem('FORM_EXPIRED');
  await forms.check(request, registered.browser);
  if (body.answer === 'again') {
    await requestLinkByMail(needs, 'verify_email', registered.email, context);
    return leadToMailed(request, { ...registered, isSentAgain: true });
  }
  return orAgain(
    () => enter(request, registered),
    ({ code }) => (code === 'VERIFICATION_TOKEN_INVALID' ? showMailed(request, body, registered, true) : undefined),
  );
}

/** By the mailed code. */
async function enter(request: Sent, registered: BrowserRegistration): Promise<HttpAnswer> {
  const { body, context } = request;
  const { view, addressOf } = await openPage(needs, request, '/sign-up', body);
  const signedIn = await confirmSignUp(needs, registered, body.code, sessionCookie(request, settings), context);
  if (!signedIn) return redirectTo(addressOf('/sign-in'));
  return afterSignIn(needs, request, { signedIn, email: registered.email, came: body, language: view.language });
}

function refusalOf({ code, fault, retryAfter = 0 }: Problem, email: string): Refusal | undefined {
  const typed = { email };
  if (fault) return { typed, faults: { password: fault } };
  if (code === 'USER_ALREADY_EXISTS') return { typed, faults: { email: 'taken' } };
  if (code === 'FORM_EXPIRED') return { typed, fault: 'stale' };
  return code === 'RATE_LIMITED' ? { typed, fault: { limitedSeconds: retryAfter } } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: SentQuery }, (request) =>
    trouble(request, request.query, async () => {
      const registered = await registrations.openHere(request, request.query.sent);
      return registered ? showMailed(request, request.query, registered) : show(request, request.query);
    }),
  ),
  POST: pageRoute(pages, { body: SignUpForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          const refusal = request.body.registration === '' ? refusalOf(problem, request.body.email) : undefined;
          return refusal && show(request, request.body, refusal);
        },
      ),
    ),
  ),
});
