/** Troubles of the pages that a client's request may lead to: each with a page that says what to do. */
import type { Language } from '../../domain/language.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Awaitable } from '../../http/core.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import type { Page, Pages } from '../../http/page.ts';
import { problemPage } from '../../http/page-problem.ts';
import { problemHeaders, problemOf } from '../../http/problem-details.ts';
import { languageFor, pageAddress } from './carried.ts';
import { cookiesOffPage, expiredRequestPage } from './request-error/page.ts';

interface Opened {
  readonly request?: string;
  readonly invitation?: string;
  readonly lang: string;
}

/** @returns a function that does the work, and answers with a page whatever is thrown */
export const carriedTrouble =
  (pages: Pages) =>
  async (request: RawRequest, opened: Opened, work: () => Promise<HttpAnswer>): Promise<HttpAnswer> => {
    try {
      return await work();
    } catch (error) {
      const language = languageFor(request, { lang: opened.lang });
      return problemPage(pages, error, language, request, (problem) => pageOf(problem, language, request, opened));
    }
  };

function pageOf({ code, status }: Problem, language: Language, { path }: RawRequest, opened: Opened): Page | null {
  const { request, invitation, lang } = opened;
  switch (code) {
    case 'REQUEST_EXPIRED':
      return { ...expiredRequestPage({ language, signIn: '/sign-in' }), status };
    case 'COOKIES_OFF':
      return { ...cookiesOffPage({ language, again: pageAddress(path, { request, invitation, lang }) }), status };
    default:
      return null;
  }
}

/**
 * What was sent to a page, or the page once more with the status and the headers of what was refused.
 * @param again the page, of a problem that it explains itself; undefined of any other, which is thrown on
 */
export async function orAgain(
  work: () => Promise<HttpAnswer>,
  again: (problem: Problem) => Awaitable<HttpAnswer> | undefined,
): Promise<HttpAnswer> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    const answer = await again(problem);
    if (!answer) throw problem;
    // The page leads elsewhere: to sign-in, where nobody is signed in.
    if (answer.status === 303) return answer;
    return { ...answer, status: problem.status, headers: { ...answer.headers, ...problemHeaders(problem) } };
  }
}
