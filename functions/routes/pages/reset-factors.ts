/** GET and POST /reset-factors: whoever lost all factors gives the password here, and sets others up. A GET changes nothing. */
import { InvitationQuery, RestoreFactorsForm } from '../../contracts/http/forms.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import type { Problem } from '../../domain/problem.ts';
import { restoreFactorsAtBrowser } from '../../flows/restore-factors.ts';
import { sessionCookie } from '../../http/browser-cookies.ts';
import { byMethod } from '../../http/by-method.ts';
import { FORM_TOKEN } from '../../http/form-token.ts';
import type { HttpAnswer, HttpRequest, RawRequest } from '../../http/messages.ts';
import { pageRoute } from '../../http/page-route.ts';
import { stageBrowserDoor } from '../../stage/browser-door.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms } from '../../stage/keys.ts';
import { stagePages } from '../../stage/pages.ts';
import { stageSettings } from '../../stage/settings.ts';
import { findLink } from '../../store/one-time-tokens.ts';
import { afterSignIn } from './after-sign-in.ts';
import { languageFor, pageAddress } from './carried.ts';
import { carriedTrouble, orAgain } from './carried-trouble.ts';
import { type RestoreProps, restoreOverPage, restorePage } from './reset-factors/page.ts';

const PATH = '/reset-factors';

const pages = stagePages();
const settings = stageSettings();
const { forms } = stageBrowserDoor();
const needs = {
  pages,
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
  deviceTokens: stageDeviceTokens(),
  passwords: await passwordHasher(settings),
};
const trouble = carriedTrouble(pages);

interface Shown {
  readonly token: string;
  readonly lang: string;
  readonly fault?: RestoreProps['fault'];
}

async function show(request: RawRequest, { token, lang, fault }: Shown): Promise<HttpAnswer> {
  const { now } = request.context;
  const language = languageFor(request, { lang });
  const read = await needs.oneTimeTokens.read(token, 'reset_factors');
  const link = read && (await findLink(needs.database, read, now));
  if (!link?.live) return pages.answer(language, restoreOverPage(pages, language));
  const { token: formToken, cookies } = await forms.issue(request);
  const page = restorePage({
    language,
    inLanguage: (one) => pageAddress(PATH, { token, lang: one }),
    form: { action: PATH, hidden: { token, lang: language, [FORM_TOKEN]: formToken } },
    email: link.email,
    fault,
  });
  return { ...pages.answer(language, page), cookies };
}

async function act(request: HttpRequest<(typeof RestoreFactorsForm)['_zod']['output']>): Promise<HttpAnswer> {
  const { body, context } = request;
  await forms.check(request, body.form_token);
  const given = { token: body.token, password: body.password };
  const at = { keep: false, replaces: sessionCookie(request, settings) };
  const { signedIn, email } = await restoreFactorsAtBrowser(needs, given, at, context);
  const came = { request: '', to: '/account' };
  return afterSignIn(needs, request, { signedIn, email, came, language: languageFor(request, { lang: body.lang }) });
}

function faultOf({ code, status, retryAfter = 0 }: Problem): RestoreProps['fault'] {
  if (code === 'INVALID_CREDENTIALS') return 'wrong';
  if (status >= 500) return 'unavailable';
  if (code === 'FORM_EXPIRED') return 'stale';
  return code === 'RATE_LIMITED' ? { limitedSeconds: retryAfter } : undefined;
}

export const handler = byMethod({
  GET: pageRoute(pages, { query: InvitationQuery }, (request) =>
    trouble(request, request.query, () => show(request, request.query)),
  ),
  POST: pageRoute(pages, { body: RestoreFactorsForm }, (request) =>
    trouble(request, request.body, () =>
      orAgain(
        () => act(request),
        (problem) => {
          const { token, lang } = request.body;
          const isOver = problem.code === 'RESET_TOKEN_INVALID' || problem.code === 'RESET_TOKEN_EXPIRED';
          if (isOver) {
            const language = languageFor(request, { lang });
            return pages.answer(language, restoreOverPage(pages, language));
          }
          const fault = faultOf(problem);
          return fault && show(request, { token, lang, fault });
        },
      ),
    ),
  ),
});
