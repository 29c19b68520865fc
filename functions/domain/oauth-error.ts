/** A problem's name at the OAuth door: from RFC 6749 §5.2, and from §4.1.2.1 what §5.2 lacks. */
import { type ProblemCode, problems } from './problem.ts';

/** Only the codes that {@link oauthError}'s rule by status does not fit. A flow that throws another adds its line. */
const named: Partial<Readonly<Record<ProblemCode, readonly [status: number, error: string]>>> = {
  CLIENT_INVALID: [401, 'invalid_client'],
  FORBIDDEN: [403, 'access_denied'],
  METHOD_NOT_ALLOWED: [405, 'invalid_request'],
};

/** @returns the answer's status and its `error` */
export function oauthError(code: ProblemCode): readonly [status: number, error: string] {
  const [status] = problems[code];
  if (status === 429 || status === 503) return [status, 'temporarily_unavailable'];
  if (status >= 500) return [status, 'server_error'];
  return named[code] ?? [400, 'invalid_request'];
}
