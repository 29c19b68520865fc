/**
 * GET and POST /sign-in-by-mail: has a code and a link mailed, takes the code, and is the page behind the link. The link
 * signs in in the browser that asked; any other is shown the code, who asked, and that it is nobody else's. A GET changes
 * nothing: programs that scan mail open every link.
 */
import { emailAddress } from '../../contracts/http/fields.ts';
import { SignInByMailForm, SignInByMailQuery } from '../../contracts/http/forms.ts';
import { emailKey } from '../../domain/email-address.ts';
import { loginCode, onceOfLogin } from '../../domain/email-login.ts';
import type { TokenId } from '../../domain/ids.ts';
import { Problem } from '../../domain/problem.ts';
import { describeLoginRequest } from '../../domain/registration.ts';
import { relyingParty } from '../../domain/webauthn/relying-party.ts';
import { askForLoginByMail } from '../../flows/ask-for-email-login.ts';
import { signInByMailAtBrowser } from '../../flows/sign-in-by-mail-at-browser.ts';
import { deviceCookie, sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import type { Page } from '../../http/page.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stageEmailLogins, stageKeys, stageOneTimeTokens } from '../../stage/keys.ts';
import { stageSignInPage } from '../../stage/sign-in-page.ts';
import { findBrowserSession } from '../../store/browser-sessions.ts';
import { findMailedLogin } from '../../store/email-logins.ts';
import { MOST_IN_ADDRESS } from '../oauth/authorize/lead-to.ts';
import { afterSignIn } from './after-sign-in.ts';
import { giveBack } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type Opened, type OpenedPage, openPage } from './opened-page.ts';
import { toSecondFactor } from './pending-cookie.ts';
import { keepRequest, keptRequest } from './request-cookie.ts';
import { dropMailed, mailedHere, setMailed } from './sign-in-by-mail/mailed-cookie.ts';
import { askPage, codePage, elsewherePage, herePage, type MailFault, overPage } from './sign-in-by-mail/page.ts';

const PATH = '/sign-in-by-mail';

const shared = stageSignInPage();
const { pages, settings, forms } = shared;
const needs = {
  ...shared,
  emailLogins: stageEmailLogins(),
  oneTimeTokens: stageOneTimeTokens(),
  codeKey: stageKeys('verification-code'),
};
const trouble = carriedTrouble(pages);

type Sent = HttpRequest<(typeof SignInByMailForm)['_zod']['output']>;

interface Shown extends Opened {
  /** Of the link. */
  readonly token: string;
  readonly email?: string;
  readonly keep?: boolean;
  /** Another address, whatever was asked for. */
  readonly other?: boolean;
  readonly fault?: MailFault;
}

async function show(request: RawRequest, shown: Shown): Promise<HttpAnswer> {
  if (settings.emailLogin === 'off') throw new Problem('RESOURCE_NOT_FOUND');
  const opened = await openPage(needs, request, PATH, shown);
  const page = await (shown.token === '' ? pageOf(request, opened, shown) : linkPage(request, opened, shown));
  return { ...pages.answer(opened.view.language, page), cookies: opened.cookies };
}

/** The code that this browser waits for, or the address to mail one to. */
async function pageOf(request: RawRequest, { carried, view, addressOf }: OpenedPage, shown: Shown): Promise<Page> {
  const canCancel = carried !== null;
  const isOnly = settings.emailLogin === 'only';
  const mailed = shown.other ? null : await mailedHere(needs.emailLogins, request, settings);
  if (mailed) return codePage({ ...view, email: mailed.login.email, canCancel, fault: shown.fault });
  const cookie = sessionCookie(request, settings);
  const session = cookie && !shown.email ? await findBrowserSession(needs.database, cookie, request.context.now) : null;
  return askPage({
    ...view,
    email: shown.email || (carried?.request.loginHint ?? session?.email),
    keepSignedIn: shown.keep ?? false,
    canCancel,
    fault: shown.fault,
    links: {
      signIn: isOnly && !relyingParty(settings) ? undefined : addressOf('/sign-in'),
      signUp: isOnly ? addressOf('/sign-up') : undefined,
    },
  });
}

async function linkPage(request: RawRequest, { view, addressOf }: OpenedPage, shown: Shown): Promise<Page> {
  const { token, fault } = shown;
  const { now } = request.context;
  const inLanguage = (lang: string) => addressOf(PATH, { token, lang });
  const over = overPage({ ...view, inLanguage }, addressOf(PATH));
  const link = await needs.oneTimeTokens.read(token, 'email_login');
  if (!link) return over;
  const once = onceOfLogin({ tokenId: link.tokenId, endsAt: link.expiresAt.getTime() });
  const [found, mailed] = await Promise.all([
    findMailedLogin(needs.database, link, once, now),
    mailedHere(needs.emailLogins, request, settings),
  ]);
  if (!found) return over;
  const kept = keptRequest(request, settings);
  const form = { ...view.form, hidden: { ...view.form.hidden, token, ...(kept === '' ? {} : { request: kept }) } };
  if (mailed?.login.tokenId === link.tokenId) {
    return herePage({ ...view, form, inLanguage, email: found.email, fault });
  }
  const [key] = await needs.codeKey.keys();
  const { asked_at: at, asked_ip: ipAddress, asked_user_agent: userAgent, login_hash: loginHash } = found;
  return elsewherePage({
    language: view.language,
    inLanguage,
    code: loginCode({ tokenId: link.tokenId, loginHash }, key),
    asked: describeLoginRequest({ at: new Date(at), ipAddress, userAgent }, settings.brand.name, view.language),
  });
}

async function act(request: Sent): Promise<HttpAnswer> {
  const { body } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  if (body.form_token === '' && body.email === '' && body.code === '' && body.cancel === '') return show(request, body);
  await forms.check(request, body.form_token);
  const opened = await openPage(needs, request, PATH, body);
  if (body.cancel !== '') {
    const { carried, view } = opened;
    return carried ? giveBack(pages, view.language, carried.request, settings) : redirectTo('/sign-in');
  }
  const mailed = await mailedHere(needs.emailLogins, request, settings);
  if (body.answer === 'other') {
    const answer = await show(request, { ...body, other: true });
    return { ...answer, cookies: [...(answer.cookies ?? []), ...dropMailed(request, settings)] };
  }
  if (body.answer === 'again' && mailed) return ask(request, opened, mailed.login);
  if (body.token === '' && body.code === '') {
    const email = emailAddress.safeParse(body.email);
    if (!email.success) return { ...(await show(request, { ...body, fault: 'malformed' })), status: 400 };
    return ask(request, opened, { email: email.data, keep: body.keep_signed_in !== '' });
  }
  if (!mailed) throw new Problem('SIGN_IN_EXPIRED');
  return enter(request, opened, mailed.loginId);
}

/** The code and the link before, of this browser, end. */
async function ask(
  request: Sent,
  { addressOf, cookies }: OpenedPage,
  { email, keep = false }: { readonly email: string; readonly keep?: boolean },
): Promise<HttpAnswer> {
  const mailed = await mailedHere(needs.emailLogins, request, settings);
  const deviceToken = deviceCookie(request, await needs.pseudonyms(), emailKey(email), settings);
  const asked = { door: 'browser', email, keep, deviceToken, earlier: mailed?.loginId } as const;
  const { loginId } = await askForLoginByMail(needs, asked, request.context);
  const { request: text } = request.body;
  // What no address holds comes with the form, and the page is its answer.
  const answer = text.length > MOST_IN_ADDRESS ? await showAsked(request, email) : redirectTo(addressOf(PATH));
  return { ...answer, cookies: [...cookies, setMailed(loginId, settings), ...keepRequest(text, settings)] };
}

async function showAsked(request: Sent, email: string): Promise<HttpAnswer> {
  const { carried, view } = await openPage(needs, request, PATH, request.body);
  return pages.answer(view.language, codePage({ ...view, email, canCancel: carried !== null }));
}

async function enter(request: Sent, { view }: OpenedPage, loginId: string): Promise<HttpAnswer> {
  const { body, context } = request;
  const link = body.token === '' ? null : await needs.oneTimeTokens.read(body.token, 'email_login');
  const shown = body.token === '' ? { code: body.code } : { link: link?.tokenId ?? ('' as TokenId) };
  const { token: browser } = await forms.issue(request);
  const replaces = sessionCookie(request, settings);
  const signedIn = await signInByMailAtBrowser(needs, { loginId, shown, browser, replaces }, context);
  const { email } = signedIn;
  const answer =
    'pending' in signedIn
      ? toSecondFactor(needs, view.language, signedIn.pending, body)
      : await afterSignIn(needs, request, { signedIn, email, came: body, language: view.language });
  return { ...answer, cookies: [...(answer.cookies ?? []), ...dropMailed(request, settings)] };
}

function faultOf({ code, status, retryAfter = 0 }: Problem): MailFault | undefined {
  if (code === 'INVALID_CREDENTIALS') return 'wrong';
  if (code === 'SIGN_IN_EXPIRED') return 'over';
  if (status >= 500) return 'unavailable';
  if (code === 'FORM_EXPIRED') return 'stale';
  return code === 'RATE_LIMITED' ? { limitedSeconds: retryAfter } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: SignInByMailQuery }, (request) =>
    trouble(request, request.query, () => {
      const { other, ...opened } = request.query;
      return show(request, { ...opened, other: other !== '' });
    }),
  ),
  POST: pageRoute(pages, { body: SignInByMailForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          const { body } = request;
          const fault = faultOf(problem);
          return fault && show(request, { ...body, keep: body.keep_signed_in !== '', fault });
        },
      ),
    ),
  ),
});
