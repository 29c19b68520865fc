/** POST /reset-password: the page's form; does what POST /v1/auth/reset-password does. */
import { ResetPasswordForm } from '../../../contracts/http.ts';
import { emailKey } from '../../../domain/email-address.ts';
import type { Language } from '../../../domain/language.ts';
import { passwordHasher } from '../../../domain/password-hash.ts';
import type { Problem } from '../../../domain/problem.ts';
import type { RequestContext } from '../../../domain/request-context.ts';
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { renewLink } from '../../../flows/renew-link.ts';
import { openReset, resetPassword } from '../../../flows/reset-password.ts';
import { setDeviceCookie } from '../../../http/browser-cookies.ts';
import { type Page, pageLanguage } from '../../../http/page.ts';
import { problemPage } from '../../../http/page-problem.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { isForeign } from '../../../http/session-route.ts';
import { stageBreachCheck } from '../../../stage/breached-passwords.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms } from '../../../stage/keys.ts';
import { stagePages } from '../../../stage/pages.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { leadOnWith } from '../request-cookie.ts';
import { overPage, resetForm } from './form.ts';
import { texts } from './texts.ts';

const pages = stagePages();
const settings = stageSettings();
const needs = {
  settings,
  pages,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
  passwords: await passwordHasher(settings),
  isBreached: stageBreachCheck(),
};

const deviceTokens = stageDeviceTokens();

export const handler = pageRoute(pages, { body: ResetPasswordForm }, async (request) => {
  const { body, context } = request;
  const language = pageLanguage(request, body.lang);
  let email: string | null = null;
  try {
    if (body.answer === 'renew') {
      await renewLink(needs, body.token, 'reset_password', context);
      return pages.answer(language, pages.result(language, texts[language].renewed));
    }
    const reset = await openReset(needs, body.token, context);
    email = reset.email;
    const device = await resetPassword(needs, reset, body.new_password, context);
    const next = leadOnWith(pages, language, request, settings);
    const known = await setDeviceCookie(
      request,
      deviceTokens,
      {
        pseudonymize: await needs.pseudonyms(),
        emailKey: emailKey(email),
        deviceToken: device && (await deviceTokens.seal(device)),
        now: context.now,
      },
      settings,
    );
    // From another site it is of a stranger's account, and would put an own one's out of its place (S67).
    const cookies = isForeign(request, settings.issuer) ? [] : known;
    return { ...pages.answer(language, pages.result(language, texts[language].done, next)), cookies };
  } catch (error) {
    return problemPage(pages, error, language, request, (problem) =>
      problem.fault
        ? resetForm(settings, language, body.token, { email, fault: problem.fault })
        : pageOf(problem, language, body.token, context),
    );
  }
});

async function pageOf(
  { code }: Problem,
  language: Language,
  token: string,
  { now }: RequestContext,
): Promise<Page | null> {
  if (code !== 'RESET_TOKEN_INVALID' && code !== 'RESET_TOKEN_EXPIRED') return null;
  const link = await lookAtLink(needs, token, 'reset_password', now);
  if (link === null) return pages.result(language, texts[language].invalid);
  return link === 'gone' ? pages.result(language, texts[language].gone) : overPage(pages, language, token, link);
}
