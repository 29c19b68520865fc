/**
 * Routes that speak JSON. Each reads from top to bottom: what its flow needs, made once; then it parses, calls the flow, and
 * answers. Who has read one has read them all:
 *
 *     const { authenticate } = stageBearerTokens();
 *     const needs = { settings: stageSettings(), database: stageDatabase() };
 *     const takes = { body: CreateOrganizationRequest };
 *
 *     export const handler = bearerRoute(authenticate, takes, async ({ body, context }, claims) => ({
 *       status: 201,
 *       body: await foundOrganization(needs, claims, body.name, context),
 *     }));
 */
import type { Schema } from '../contracts/http.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import { type Answerer, makeRoute, type RouteHandler, type Takes } from './core.ts';
import type { RawRequest } from './messages.ts';
import { challengedByScheme, problemAnswer } from './problem-details.ts';

const sayProblem = (thrown: unknown, request: RawRequest) =>
  challengedByScheme(request, problemAnswer(thrown, request.context.correlationId));

/** A route that anyone may call, or whose callers the gateway checks (`iam`). */
export function publicRoute<B extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
  takes: Takes<B, Q>,
  answer: Answerer<B, Q, undefined>,
): RouteHandler {
  return makeRoute(
    { auth: 'none', door: 'json', cors: 'configured', sayProblem, admit: () => undefined },
    takes,
    answer,
  );
}

/**
 * A route for the bearer of an access token (RFC 6750).
 * @param authenticate verifies the token, or throws TOKEN_INVALID, TOKEN_EXPIRED or DPOP_PROOF_INVALID: bearer-tokens.ts
 */
export function bearerRoute<B extends Schema | undefined = undefined, Q extends Schema | undefined = undefined>(
  authenticate: (request: RawRequest) => Promise<AccessClaims>,
  takes: Takes<B, Q>,
  answer: Answerer<B, Q, AccessClaims>,
): RouteHandler {
  return makeRoute(
    { auth: 'bearer', door: 'json', cors: 'configured', sayProblem, admit: authenticate },
    takes,
    answer,
  );
}
