/** POST /verify-email: the page's form; "That was me" does what POST /v1/auth/verify-email does. */
import { VerifyEmailForm } from '../../../contracts/http.ts';
import type { Language } from '../../../domain/language.ts';
import { passwordHasher } from '../../../domain/password-hash.ts';
import type { Problem } from '../../../domain/problem.ts';
import type { RequestContext } from '../../../domain/request-context.ts';
import { lookAtLink } from '../../../flows/look-at-link.ts';
import { renewLink } from '../../../flows/renew-link.ts';
import { disown, verifyEmail } from '../../../flows/verify-email.ts';
import { type Page, pageLanguage } from '../../../http/page.ts';
import { problemPage } from '../../../http/page-problem.ts';
import { pageRoute } from '../../../http/page-route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageOneTimeTokens, stagePseudonyms } from '../../../stage/keys.ts';
import { stagePages } from '../../../stage/pages.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { leadOnWith } from '../request-cookie.ts';
import { overPage, verificationPage } from './form.ts';
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
};

export const handler = pageRoute(pages, { body: VerifyEmailForm }, async (request) => {
  const { body, context } = request;
  const language = pageLanguage(request, body.lang);
  try {
    const outcome = await act(body, context);
    const isProved = outcome === 'done' || outcome === 'before';
    const next = isProved ? leadOnWith(pages, language, request, settings) : undefined;
    return pages.answer(language, pages.result(language, texts[language][outcome], next));
  } catch (error) {
    return problemPage(pages, error, language, request, (problem) => pageOf(problem, language, body.token, context));
  }
});

async function act(
  { answer, token, password }: { answer: string; token: string; password: string },
  context: RequestContext,
): Promise<'done' | 'before' | 'deleted' | 'gone' | 'late' | 'renewed'> {
  switch (answer) {
    case 'not_mine':
      return disown(needs, token, context);
    case 'renew':
      await renewLink(needs, token, 'verify_email', context);
      return 'renewed';
    default:
      return (await verifyEmail(needs, token, { password }, context)) === 'before' ? 'before' : 'done';
  }
}

async function pageOf(
  { code }: Problem,
  language: Language,
  token: string,
  { now }: RequestContext,
): Promise<Page | null> {
  switch (code) {
    case 'VERIFICATION_TOKEN_EXPIRED':
    case 'VERIFICATION_TOKEN_INVALID': {
      const link = await lookAtLink(needs, token, 'verify_email', now);
      if (link === null) return pages.result(language, texts[language].invalid);
      if (link === 'gone' || link.proved) return { ...verificationPage(needs, language, token, link), status: 200 };
      return overPage(pages, language, token, code === 'VERIFICATION_TOKEN_EXPIRED' ? 'expired' : 'invalid');
    }
    case 'INVALID_CREDENTIALS': {
      const link = await lookAtLink(needs, token, 'verify_email', now);
      return verificationPage(needs, language, token, link, texts[language].ask.wrongPassword);
    }
    default:
      return null;
  }
}
