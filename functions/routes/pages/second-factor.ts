/** GET and POST /second-factor: what a sign-in waits for after the password, and what a session is raised by. */
import { SecondFactorForm, SecondFactorQuery } from '../../contracts/http/forms.ts';
import type { RequestOptions } from '../../contracts/http/passkeys.ts';
import type { SecondFactor } from '../../domain/authentication-level.ts';
import { Problem } from '../../domain/problem.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { secondFactorOf } from '../../flows/demand-factor.ts';
import { mailCodeOfSession, mailCodeOfSignIn } from '../../flows/mail-second-code.ts';
import { ownPasskeyOptions, requestOptions } from '../../flows/passkey-options.ts';
import { signInAtBrowserBySecond } from '../../flows/prove-second.ts';
import type { GivenFactor } from '../../flows/second-factors.ts';
import { showFactorAgain } from '../../flows/show-factor-again.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { CarriedRequest } from '../../http/carried-request.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stageKeys, stagePasskeyChallenges, stageTotpSecrets } from '../../stage/keys.ts';
import { stageSignInPage } from '../../stage/sign-in-page.ts';
import { findOwnAccount, type OwnAccount } from '../../store/account-overview.ts';
import { passkeysAfterPassword } from '../../store/passkeys.ts';
import type { Caller } from '../../store/sessions.ts';
import { afterSignIn } from './after-sign-in.ts';
import { giveBack, goOn } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type Opened, openPage } from './opened-page.ts';
import { dropWaiting, type Waiting, waitingSignIn } from './pending-cookie.ts';
import { readAssertion } from './read-json.ts';
import { type SecondFactorProps, secondFactorOverPage, secondFactorPage } from './second-factor/page.ts';

const PATH = '/second-factor';

const shared = stageSignInPage();
const { pages, settings, forms } = shared;
const needs = {
  ...shared,
  passkeyChallenges: stagePasskeyChallenges(),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
  codeKey: stageKeys('verification-code'),
};
const trouble = carriedTrouble(pages);

type Sent = HttpRequest<(typeof SecondFactorForm)['_zod']['output']>;

/** What the page was opened with, and what was refused of what was typed. */
interface Shown extends Opened {
  readonly method: string;
  readonly again: string;
  readonly mailed: string;
  readonly fault?: SecondFactorProps['fault'];
}

/** Who is to show it: a sign-in that waits, or somebody who is signed in and has to be surer. */
type Asked = { readonly email: string; readonly methods: readonly SecondFactor[] } & (
  | { readonly waiting: Waiting }
  | { readonly account: OwnAccount }
);

async function askedOf(request: RawRequest, { again }: { readonly again: string }, carried: CarriedRequest | null) {
  const isStepUp = carried ? carried.step === 'second-factor' : again !== '';
  return isStepUp ? stepUpOf(request, carried) : waitingOf(request);
}

async function waitingOf(request: RawRequest): Promise<Asked | null> {
  const waiting = await waitingSignIn(needs, request);
  return waiting && { waiting, email: waiting.pending.email, methods: waiting.pending.methods };
}

async function stepUpOf(request: RawRequest, carried: CarriedRequest | null): Promise<Asked | null> {
  const cookie = sessionCookie(request, settings);
  const account = cookie && (await findOwnAccount(needs.database, cookie, settings, request.context.now));
  if (!account) return null;
  // Nothing else is phishing-resistant.
  const order: readonly SecondFactor[] =
    carried?.acr === 'phr' ? ['passkey'] : ['passkey', 'totp', 'recovery', 'email'];
  return { account, email: account.email, methods: order.filter((one) => account.factors.includes(one)) };
}

const callerOf = ({ user_id: sub, session_id: sid }: OwnAccount): Caller => ({ sub, sid });

/** By what a passkey of the account is shown: for this sign-in, or this session, alone. */
async function passkeyOptions(asked: Asked, { context }: RawRequest): Promise<RequestOptions> {
  if ('account' in asked) return ownPasskeyOptions(needs, callerOf(asked.account), context);
  const { pending } = asked.waiting;
  return requestOptions(
    needs,
    secondFactorOf(pending),
    context.now,
    await passkeysAfterPassword(needs.database, pending),
  );
}

async function show(request: RawRequest, shown: Shown): Promise<HttpAnswer> {
  const { carried, view, cookies, addressOf } = await openPage(needs, request, PATH, shown);
  const asked = await askedOf(request, shown, carried);
  const [first] = asked?.methods ?? [];
  // Demanded of somebody who has none: the account's pages say by whom, and set one up.
  if (asked && 'account' in asked && !first) return redirectTo(addressOf('/account'));
  if (!asked || !first) {
    return { ...pages.answer(view.language, secondFactorOverPage(view, addressOf('/sign-in'))), cookies };
  }
  const method = asked.methods.find((one) => one === shown.method) ?? first;
  const { again, mailed } = shown;
  const page = secondFactorPage({
    ...view,
    form: { ...view.form, hidden: { ...view.form.hidden, ...(again === '' ? {} : { again }) } },
    inLanguage: (lang) => addressOf(PATH, { lang, method, again, mailed }),
    account: asked.email,
    method,
    isMailed: mailed === 'true',
    options: method === 'passkey' ? await passkeyOptions(asked, request) : undefined,
    others: asked.methods
      .filter((one) => one !== method)
      .map((one) => ({ method: one, href: addressOf(PATH, { method: one, again, mailed }) })),
    fault: shown.fault,
  });
  return { ...pages.answer(view.language, page), cookies };
}

async function act(request: Sent): Promise<HttpAnswer> {
  const { body, context } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  if (body.form_token === '' && body.code === '' && body.assertion === '' && body.mail === '' && body.cancel === '')
    return show(request, body);
  await forms.check(request, body.form_token);
  const { carried, view } = await openPage(needs, request, PATH, body);
  const { language } = view;
  if (body.cancel !== '') {
    const elsewhere = body.again === '' ? '/sign-in' : '/account';
    const next = carried ? giveBack(pages, language, carried.request, settings) : redirectTo(elsewhere);
    return { ...next, cookies: dropWaiting(request, settings) };
  }
  const asked = await askedOf(request, body, carried);
  if (!asked) throw new Problem('SIGN_IN_EXPIRED');
  if (body.mail !== '') {
    await mailCode(asked, context);
    return show(request, { ...body, method: 'email', mailed: 'true' });
  }
  const given = givenOf(asked, body);
  if ('account' in asked) {
    await showFactorAgain(needs, callerOf(asked.account), given, context);
    return goOn(pages, language, body);
  }
  const tried = { ...given, pending: asked.waiting.text, replaces: sessionCookie(request, settings) };
  const signedIn = await signInAtBrowserBySecond(needs, tried, context);
  const answer = await afterSignIn(needs, request, { signedIn, email: asked.email, came: body, language });
  return { ...answer, cookies: [...(answer.cookies ?? []), ...dropWaiting(request, settings)] };
}

const mailCode = (asked: Asked, context: RequestContext) =>
  'account' in asked
    ? mailCodeOfSession(needs, callerOf(asked.account), asked.email, context)
    : mailCodeOfSignIn(needs, asked.waiting.text, 'browser', context);

function givenOf({ methods }: Asked, { method: named, code, assertion }: Sent['body']): GivenFactor {
  const method = methods.find((one) => one === named);
  if (!method) throw new Problem('VALIDATION_ERROR');
  if (method !== 'passkey') {
    if (code === '') throw new Problem('INVALID_CREDENTIALS');
    return { method, code };
  }
  // Sent empty by a page that was open for longer than its challenge holds.
  if (assertion === '') throw new Problem('CHALLENGE_INVALID');
  return { method, code: undefined, assertion: readAssertion(assertion) };
}

function faultOf({ code, status, retryAfter = 0 }: Problem): SecondFactorProps['fault'] {
  if (code === 'INVALID_CREDENTIALS') return 'wrong';
  if (status >= 500) return 'unavailable';
  if (code === 'FORM_EXPIRED' || code === 'CHALLENGE_INVALID') return 'stale';
  return code === 'RATE_LIMITED' ? { limitedSeconds: retryAfter } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: SecondFactorQuery }, (request) =>
    trouble(request, request.query, () => show(request, request.query)),
  ),
  POST: pageRoute(pages, { body: SecondFactorForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          if (problem.code === 'SIGN_IN_EXPIRED' || problem.code === 'TOKEN_INVALID')
            return show(request, request.body);
          const fault = faultOf(problem);
          return fault && show(request, { ...request.body, fault });
        },
      ),
    ),
  ),
});
