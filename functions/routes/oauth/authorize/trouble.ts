/** The page where a request has nobody to be answered to: what to do, and never a link to where it wanted to go (S74). */
import type { Language } from '../../../domain/language.ts';
import type { Problem, ProblemCode } from '../../../domain/problem.ts';
import type { HttpAnswer, RawRequest } from '../../../http/messages.ts';
import type { Page, Pages } from '../../../http/page.ts';
import { problemPage } from '../../../http/page-problem.ts';
import { badRequestPage, expiredRequestPage } from '../../pages/request-error/page.ts';
import type { RequestFault } from '../../pages/request-error/texts.ts';

const faultOf: Readonly<Partial<Record<ProblemCode, RequestFault>>> = {
  CLIENT_UNKNOWN: 'client',
  REDIRECT_URI_INVALID: 'redirect_uri',
  VALIDATION_ERROR: 'repeated',
};

/** @param clientId as the request had it */
export function authorizationTrouble(
  pages: Pages,
  error: unknown,
  language: Language,
  request: RawRequest,
  clientId: string | undefined,
): Promise<HttpAnswer> {
  const pageOf = ({ code }: Problem): Page | null => {
    if (code === 'REQUEST_EXPIRED') return expiredRequestPage({ language, signIn: '/sign-in' });
    const fault = faultOf[code];
    const { correlationId } = request.context;
    return fault === undefined ? null : badRequestPage({ language, fault, clientId, correlationId });
  };
  return problemPage(pages, error, language, request, pageOf);
}
