/** Routes for whoever has an access token of a client, whomever that is meant for: its flow says what opens it (RFC 6750). */
import type { Schema } from '../contracts/http.ts';
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import { type BearerTokens, tokenIn } from './bearer-tokens.ts';
import { type Answerer, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';
import { oauthProblem } from './oauth-problem.ts';
import { challenge, problemOf } from './problem-details.ts';

/** @param read verifies a token: http/bearer-tokens.ts */
export function tokenRoute<B extends Schema | undefined = undefined>(
  read: BearerTokens['read'],
  takes: Takes<B, undefined>,
  answer: Answerer<B, undefined, AccessClaims | MachineClaims>,
): RouteHandler {
  const admit = ({ headers, context }: RawRequest, sent: () => unknown) =>
    read(tokenOf(headers.authorization, sent()), context.now);
  return makeRoute({ auth: 'bearer', door: 'oauth', cors: 'clients', sayProblem, admit }, takes, answer);
}

/** In the header, or in a form (§2.2); never in the query (S16). @throws Problem VALIDATION_ERROR for both at once */
function tokenOf(authorization: string | undefined, sent: unknown): string {
  const { access_token: inForm } = (sent ?? {}) as { readonly access_token?: unknown };
  if (inForm === undefined || inForm === '') return tokenIn(authorization);
  if (authorization !== undefined) {
    throw new Problem('VALIDATION_ERROR', { detail: 'A token comes in the header or in the form, not in both.' });
  }
  return String(inForm);
}

function sayProblem(thrown: unknown, request: RawRequest): HttpAnswer {
  const answer = oauthProblem(thrown, request);
  return answer.status === 401
    ? { ...answer, headers: { ...challenge(problemOf(thrown)), ...answer.headers } }
    : answer;
}
