/** Problems as answers: RFC 9457, and nothing in them of how the service is built (S34). */
import { Problem, type ProblemCode } from '../domain/problem.ts';
import { resourceMetadataUri } from '../domain/protected-resource.ts';
import { algs, isDpop } from '../packages/verify/index.ts';
import { log } from '../runtime/log.ts';
import type { HttpAnswer, RawRequest } from './messages.ts';

/** What was thrown; the unexpected is logged and becomes INTERNAL_ERROR. */
export function problemOf(thrown: unknown): Problem {
  const problem = thrown instanceof Problem ? thrown : new Problem('INTERNAL_ERROR', { cause: thrown });
  if (problem.status >= 500) log('error', 'request failed', { code: problem.code, error: problem.cause ?? problem });
  return problem;
}

/** What the headers say at every door. */
export const problemHeaders = (problem: Problem): Record<string, string> => ({
  ...waiting(problem),
  ...problem.headers,
});

/** Whatever was thrown, as an answer. */
export function problemAnswer(thrown: unknown, correlationId: string): HttpAnswer {
  const problem = problemOf(thrown);
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...withMetadata({ ...challenge(problem), ...problemHeaders(problem) }),
    },
    body: {
      type: `urn:identity:problem:${problem.code.toLowerCase().replaceAll('_', '-')}`,
      title: problem.title,
      status: problem.status,
      detail: problem.message,
      code: problem.code,
      correlation_id: correlationId,
      ...(problem.errors ? { errors: problem.errors } : {}),
      ...problem.extension,
      ...(problem.moreErrors ? { more_errors: true } : {}),
    },
  };
}

/** When to come again; and by which quota not before, as draft-ietf-httpapi-ratelimit-headers-10 has it. */
function waiting({ retryAfter, quota }: Problem): Record<string, string> {
  if (retryAfter === undefined) return {};
  const seconds = Math.max(1, Math.ceil(retryAfter));
  return {
    'retry-after': String(seconds),
    ...(quota && {
      ratelimit: `"${quota.name}";r=0;t=${seconds}`,
      'ratelimit-policy': `"${quota.name}";q=${quota.limit};w=${quota.windowSeconds}`,
    }),
  };
}

/** RFC 9728 §5.1: whoever was refused for want of a token, or of a scope, finds who gives it. */
function withMetadata(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { 'www-authenticate': scheme } = headers;
  const { ISSUER: issuer } = process.env;
  if (scheme === undefined || issuer === undefined) return headers;
  const metadata = `resource_metadata="${resourceMetadataUri(issuer)}"`;
  return { ...headers, 'www-authenticate': `${scheme}${scheme.includes(' ') ? ',' : ''} ${metadata}` };
}

/**
 * RFC 9110 §11.6.1: a 401 names a scheme. RFC 6750 §3.1: and what was wrong with the token, if there was one. A 403 names
 * none: a role is no scope that a client could ask for.
 */
export function challenge({ code, status, message, tokenSent }: Problem): Record<string, string> {
  if (status !== 401) return {};
  const error = tokenSent && challenged[code];
  return { 'www-authenticate': error ? `Bearer error="${error}", error_description="${message}"` : 'Bearer' };
}

const challenged: Partial<Readonly<Record<ProblemCode, string>>> = {
  TOKEN_INVALID: 'invalid_token',
  TOKEN_EXPIRED: 'invalid_token',
  DPOP_PROOF_INVALID: 'invalid_dpop_proof',
};

/** RFC 9449 §7.1: whoever came with a token and a proof is challenged for both. */
export function challengedByScheme({ headers: { authorization } }: RawRequest, answer: HttpAnswer): HttpAnswer {
  const said = answer.headers?.['www-authenticate'];
  if (said === undefined || !isDpop(authorization)) return answer;
  const byProof = said.replace(/^Bearer(?: |$)/, (scheme) => `DPoP ${algs}${scheme.endsWith(' ') ? ', ' : ''}`);
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': byProof } };
}
