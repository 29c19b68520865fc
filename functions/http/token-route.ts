/** Routes for whoever has an access token of a client, whomever that is meant for: its flow says what opens it (RFC 6750). */
import type { Schema } from '../contracts/http.ts';
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import type { BearerTokens } from './bearer-tokens.ts';
import { type Answerer, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import { oauthProblem } from './oauth-problem.ts';
import { challenge, challengedByScheme, problemOf } from './problem-details.ts';

/** @param authenticate verifies a token: http/bearer-tokens.ts */
export function tokenRoute<B extends Schema | undefined = undefined>(
  authenticate: BearerTokens['authenticateAny'],
  takes: Takes<B, undefined>,
  answer: Answerer<B, undefined, AccessClaims | MachineClaims>,
): RouteHandler {
  const admit = (request: RawRequest, sent: () => unknown) => {
    const { headers } = request;
    return authenticate({ ...request, headers: { ...headers, authorization: authorizationOf(headers, sent()) } });
  };
  return makeRoute({ auth: 'bearer', door: 'oauth', cors: 'clients', sayProblem, admit }, takes, answer);
}

/**
 * In the header, or in a form (§2.2), which is a Bearer's; never in the query (S16).
 * @throws Problem VALIDATION_ERROR for both at once
 */
function authorizationOf({ authorization }: RawRequest['headers'], sent: unknown): string | undefined {
  const { access_token: inForm } = (sent ?? {}) as { readonly access_token?: unknown };
  if (inForm === undefined || inForm === '') return authorization;
  if (authorization !== undefined) {
    throw new Problem('VALIDATION_ERROR', { detail: 'A token comes in the header or in the form, not in both.' });
  }
  return `Bearer ${inForm}`;
}

function sayProblem(thrown: unknown, request: RawRequest): HttpAnswer {
  const problem = problemOf(thrown);
  const answer = oauthProblem(problem, request);
  if (problem.status !== 401) return challengedByScheme(request, answer);
  // A proof that is not right is 400 where tokens are given, and 401 here.
  return challengedByScheme(request, {
    ...answer,
    status: 401,
    headers: { ...challenge(problem), ...answer.headers },
  });
}
