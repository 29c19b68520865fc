/** The page where a request has nobody to be answered to: what to do, and never a link to where it wanted to go (S74). */
import { html } from '../../../domain/html.ts';
import type { Language } from '../../../domain/language.ts';
import type { ProblemCode } from '../../../domain/problem.ts';
import type { HttpAnswer, RawRequest } from '../../../http/messages.ts';
import type { Pages } from '../../../http/page.ts';
import { problemPage } from '../../../http/page-problem.ts';
import { texts } from './texts.ts';

const saidOf: Readonly<Partial<Record<ProblemCode, 'unknownClient' | 'badRedirect' | 'expired'>>> = {
  CLIENT_UNKNOWN: 'unknownClient',
  REDIRECT_URI_INVALID: 'badRedirect',
  REQUEST_EXPIRED: 'expired',
};

export const authorizationTrouble = (
  pages: Pages,
  error: unknown,
  language: Language,
  request: Pick<RawRequest, 'method'>,
): Promise<HttpAnswer> =>
  problemPage(pages, error, language, request, ({ code }) => {
    const said = saidOf[code];
    if (said === undefined) return null;
    const { heading, text } = texts[language][said];
    return { heading, content: html`<p role="alert">${text}</p>` };
  });
