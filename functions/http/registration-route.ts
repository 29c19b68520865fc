/** Routes for clients that register themselves: JSON, a token of its own kind, and the errors of RFC 7591 §3.2.2. */
import type { Schema } from '../contracts/http.ts';
import { Problem } from '../domain/problem.ts';
import { type Answerer, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import { oauthProblem } from './oauth-problem.ts';
import { challenge, problemOf } from './problem-details.ts';

/** The caller is the token that was sent; null where none was. */
export const registrationRoute = <B extends Schema | undefined = undefined>(
  takes: Pick<Takes<B, undefined>, 'body'>,
  answer: Answerer<B, undefined, string | null>,
): RouteHandler =>
  makeRoute(
    { auth: 'none', door: 'oauth', cors: 'clients', sayProblem, admit: tokenOf },
    { ...takes, accepts: ['json'] },
    answer,
  );

const tokenOf = ({ headers }: RawRequest): string | null =>
  /^bearer +([\w-]{1,200})$/i.exec(headers.authorization?.trim() ?? '')?.[1] ?? null;

function sayProblem(thrown: unknown, request: RawRequest): HttpAnswer {
  const problem = thrown instanceof Problem && thrown.code === 'VALIDATION_ERROR' ? inItsWords(thrown) : thrown;
  const answer = oauthProblem(problem, request);
  return answer.status === 401
    ? { ...answer, headers: { ...challenge(problemOf(problem)), ...answer.headers } }
    : answer;
}

function inItsWords({ message, errors }: Problem): Problem {
  const isOfRedirect = errors?.[0]?.pointer.startsWith('/redirect_uris');
  return new Problem(isOfRedirect ? 'REDIRECT_URI_INVALID' : 'CLIENT_METADATA_INVALID', {
    detail: message,
    ...(errors ? { errors } : {}),
  });
}
