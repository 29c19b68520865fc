/** GET and POST /second-factor: what a sign-in waits for after the password, and what a session is raised by. */
import { SecondFactorForm, SecondFactorQuery } from '../../contracts/http/forms.ts';
import { Problem } from '../../domain/problem.ts';
import { signInAtBrowserBySecond } from '../../flows/prove-second.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { redirectTo } from '../../http/redirect.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import {
  stageDeviceTokens,
  stageKeys,
  stagePendingSignIns,
  stagePseudonyms,
  stageTotpSecrets,
} from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { afterSignIn } from './after-sign-in.ts';
import { giveBack } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type Opened, openPage } from './opened-page.ts';
import { dropWaiting, waitingSignIn } from './pending-cookie.ts';
import { type SecondFactorProps, secondFactorOverPage, secondFactorPage } from './second-factor/page.ts';

const PATH = '/second-factor';

const pages = stagePages();
const settings = stageSettings();
const { forms, carriedRequests } = stageBrowserDoor();
const needs = {
  pages,
  settings,
  forms,
  carriedRequests,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  deviceTokens: stageDeviceTokens(),
  pendingSignIns: stagePendingSignIns(),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
};
const trouble = carriedTrouble(pages);

type Sent = HttpRequest<(typeof SecondFactorForm)['_zod']['output']>;

/** What the page was opened with, and what was refused of what was typed. */
interface Shown extends Opened {
  readonly method: string;
  readonly fault?: SecondFactorProps['fault'];
}

async function show(request: RawRequest, shown: Shown): Promise<HttpAnswer> {
  const { view, cookies, addressOf } = await openPage(needs, request, PATH, shown);
  const waiting = await waitingSignIn(needs, request);
  if (!waiting) return { ...pages.answer(view.language, secondFactorOverPage(view, addressOf('/sign-in'))), cookies };
  const { methods, email } = waiting.pending;
  const method = methods.find((one) => one === shown.method) ?? methods[0] ?? 'totp';
  const others = methods.filter((one) => one !== method);
  const page = secondFactorPage({
    ...view,
    inLanguage: (lang) => addressOf(PATH, { lang, method }),
    account: email,
    method,
    others: others.map((one) => ({ method: one, href: addressOf(PATH, { method: one }) })),
    fault: shown.fault,
  });
  return { ...pages.answer(view.language, page), cookies };
}

async function act(request: Sent): Promise<HttpAnswer> {
  const { body, context } = request;
  // A request that no address holds comes by a form, as the first thing of it.
  if (body.form_token === '' && body.code === '' && body.cancel === '') return show(request, body);
  await forms.check(request, body.form_token);
  const { carried, view } = await openPage(needs, request, PATH, body);
  const waiting = await waitingSignIn(needs, request);
  if (body.cancel !== '') {
    const next = carried ? giveBack(pages, view.language, carried.request, settings) : redirectTo('/sign-in');
    return { ...next, cookies: dropWaiting(request, settings) };
  }
  if (!waiting) throw new Problem('SIGN_IN_EXPIRED');
  if (body.code === '') throw new Problem('INVALID_CREDENTIALS');
  const { email, methods } = waiting.pending;
  const method = methods.find((one) => one === body.method);
  if (!method) throw new Problem('VALIDATION_ERROR');
  const tried = { pending: waiting.text, method, code: body.code, replaces: sessionCookie(request, settings) };
  const signedIn = await signInAtBrowserBySecond(needs, tried, context);
  const answer = await afterSignIn(needs, request, { signedIn, email, came: body, language: view.language });
  return { ...answer, cookies: [...(answer.cookies ?? []), ...dropWaiting(request, settings)] };
}

function faultOf({ code, status, retryAfter = 0 }: Problem): SecondFactorProps['fault'] {
  if (code === 'INVALID_CREDENTIALS') return 'wrong';
  if (status >= 500) return 'unavailable';
  if (code === 'FORM_EXPIRED') return 'stale';
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
          if (problem.code === 'SIGN_IN_EXPIRED') return show(request, request.body);
          const fault = faultOf(problem);
          return fault && show(request, { ...request.body, fault });
        },
      ),
    ),
  ),
});
