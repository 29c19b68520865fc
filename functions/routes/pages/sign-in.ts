/** GET and POST /sign-in: by address and password, with the account chooser, for a client's request or on its own. */
import { emailAddress } from '../../contracts/http/fields.ts';
import { CarriedQuery, SignInForm } from '../../contracts/http/forms.ts';
import { emailKey } from '../../domain/email-address.ts';
import type { Language } from '../../domain/language.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { type SignedInBrowser, type Suspended, signInAtBrowser } from '../../flows/sign-in-at-browser.ts';
import { signInAtBrowserWithPasskey } from '../../flows/sign-in-with-passkey.ts';
import { deviceCookie, sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import { formCookie } from '../../http/form-token.ts';
import type { HttpAnswer, HttpRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stagePasskeyChallenges } from '../../stage/keys.ts';
import { stageSignInPage } from '../../stage/sign-in-page.ts';
import { chooseAccount } from '../../store/browser-sessions.ts';
import { afterSignIn } from './after-sign-in.ts';
import { giveBack, goOn, languageFor } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { toSecondFactor } from './pending-cookie.ts';
import { readAssertion } from './read-json.ts';
import { type Shown, showSignIn } from './sign-in/show.ts';

const shared = stageSignInPage();
const { pages, settings, forms, carriedRequests } = shared;
const needs = {
  ...shared,
  passkeyChallenges: stagePasskeyChallenges(),
  passwords: await passwordHasher(settings),
};
const trouble = carriedTrouble(pages);

type Sent = HttpRequest<(typeof SignInForm)['_zod']['output']>;

async function act(request: Sent): Promise<HttpAnswer> {
  const { body } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  const isFirst =
    body.form_token === '' &&
    body.email === '' &&
    body.account === undefined &&
    body.cancel === '' &&
    body.passkey === '';
  if (isFirst) return showSignIn(needs, request, { ...body, other: false });
  await forms.check(request, body.form_token);
  const carried = body.request === '' ? null : await carriedRequests.open(body.request, request.context.now);
  const language = languageFor(request, { lang: body.lang, carried });
  if (body.cancel !== '') {
    return carried ? giveBack(pages, language, carried.request, settings) : redirectTo('/sign-in');
  }
  if (body.account !== undefined) return choose(request, body.account);

  if (body.passkey !== '') return signInByPasskey(request, language);
  const email = emailAddress.safeParse(body.email);
  // What is no address has no account, and is answered as one that has none.
  if (!email.success || body.password === '') throw new Problem('INVALID_CREDENTIALS');
  const signedIn = await signIn(request, email.data);
  return 'pending' in signedIn
    ? toSecondFactor(needs, language, signedIn.pending, body)
    : afterSignIn(needs, request, { signedIn, email: email.data, came: body, language });
}

async function signInByPasskey(request: Sent, language: Language): Promise<HttpAnswer> {
  const { body, context } = request;
  const assertion = readAssertion(body.passkey);
  const pseudonymize = await needs.pseudonyms();
  const signedIn = await signInAtBrowserWithPasskey(
    needs,
    {
      assertion,
      browser: formCookie(request, settings),
      deviceToken: (key) => deviceCookie(request, pseudonymize, key, settings),
      keep: body.keep_signed_in !== '',
      replaces: sessionCookie(request, settings),
    },
    context,
  );
  const came = { ...body, makes_passkeys: '' };
  return afterSignIn(needs, request, { signedIn, email: signedIn.email, came, language });
}

/** Of the account chooser. */
async function choose(request: Sent, account: string): Promise<HttpAnswer> {
  const { body, context } = request;
  const cookie = sessionCookie(request, settings);
  // Another tab may have signed in as somebody else since: whoever is signed in is shown, and asked again.
  const isChosen = account !== '' && cookie?.sessionId === account;
  if (isChosen && (await chooseAccount(needs.database, cookie, context))) {
    return goOn(pages, languageFor(request, { lang: body.lang }), body);
  }
  return showSignIn(needs, request, { ...body, other: account === '' });
}

const signIn = async (request: Sent, email: string): Promise<SignedInBrowser | Suspended> =>
  signInAtBrowser(
    needs,
    {
      email,
      password: request.body.password,
      keep: request.body.keep_signed_in !== '',
      deviceToken: deviceCookie(request, await needs.pseudonyms(), emailKey(email), settings),
      replaces: sessionCookie(request, settings),
      browser: (await forms.issue(request)).token,
    },
    request.context,
  );

/** Nothing is cleared but the password. */
const again = ({ body }: Sent, fault: NonNullable<Shown['fault']>): Shown => ({
  ...body,
  other: false,
  keep: body.keep_signed_in !== '',
  fault,
  byPasskey: body.passkey !== '',
  unknownPasskey: fault === 'unknown' ? readAssertion(body.passkey).id : undefined,
});

function faultOf({ code, status, retryAfter = 0 }: Problem): Shown['fault'] {
  if (code === 'INVALID_CREDENTIALS') return 'wrong';
  if (code === 'PASSKEY_UNKNOWN') return 'unknown';
  if (status >= 500) return 'unavailable';
  if (code === 'FORM_EXPIRED' || code === 'CHALLENGE_INVALID') return 'stale';
  return code === 'RATE_LIMITED' ? { limitedSeconds: retryAfter } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: CarriedQuery }, (request) =>
    trouble(request, request.query, () =>
      showSignIn(needs, request, { ...request.query, other: request.query.other !== '' }),
    ),
  ),
  POST: pageRoute(pages, { body: SignInForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          const fault = faultOf(problem);
          return fault && showSignIn(needs, request, again(request, fault));
        },
      ),
    ),
  ),
});
