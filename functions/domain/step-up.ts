/** Who has to authenticate again, or more surely, before what was asked for: as the JSON door says it, and as OAuth does. */
import type { AccessClaims } from './access-token.ts';
import type { Acr } from './authentication-level.ts';
import { Problem, type ProblemExtension } from './problem.ts';

export interface Wanted {
  /** Null: whichever level it is. */
  readonly acr: Acr | null;
  /** Seconds; undefined: whenever it was. */
  readonly maxAge?: number;
}

/**
 * A client of the standard door asks its authorization server with what the challenge says, so it gets what RFC 9470 §3 has,
 * status included. At the JSON door 403 is what callers rely on, and the challenge comes along (RFC 9110 §11.6.1: it may,
 * with any status).
 * @param caller without `scope`: of the JSON door, or of a page
 */
export function stepUp({ scope }: Pick<AccessClaims, 'scope'>, { acr, maxAge }: Wanted): Problem {
  const extension = { ...(acr ? { acr_values: acr } : {}), ...(maxAge === undefined ? {} : { max_age: maxAge }) };
  return new Problem(scope === undefined ? 'REAUTHENTICATION_REQUIRED' : 'INSUFFICIENT_USER_AUTHENTICATION', {
    extension,
    headers: { 'www-authenticate': stepUpChallenge(extension) },
  });
}

/** RFC 9470 §3: the challenge is RFC 6750's, with a code and parameters of its own. */
const stepUpChallenge = ({
  acr_values: acrValues,
  max_age: maxAge,
}: Pick<ProblemExtension, 'acr_values' | 'max_age'>) =>
  [
    'Bearer error="insufficient_user_authentication"',
    'error_description="The person has to authenticate again"',
    ...(acrValues === undefined ? [] : [`acr_values="${acrValues}"`]),
    ...(maxAge === undefined ? [] : [`max_age="${maxAge}"`]),
  ].join(', ');
