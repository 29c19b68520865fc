/** What a client may know of the person who signed in (OpenID Connect Core §5.3), as it is now. */
import type { AccessClaims, MachineClaims } from '../domain/access-token.ts';
import { claimsByName, claimsOfScope, personClaims } from '../domain/person-claims.ts';
import { lacking, Problem } from '../domain/problem.ts';
import type { RoleSettings } from '../domain/role-names.ts';
import { findInformed } from '../store/userinfo.ts';
import type { Needing } from './needs.ts';

/**
 * @param claims of a valid token, whomever it is meant for
 * @throws Problem INSUFFICIENT_SCOPE without `openid`; TOKEN_INVALID where the session is over, or the token is meant for
 *   something else than its client's default audience: it was given to be shown there
 */
export async function inform(
  { database, settings }: Needing<'database', RoleSettings>,
  claims: AccessClaims | MachineClaims,
  now: Date,
): Promise<{
  readonly claims: { readonly sub: string; readonly [claim: string]: unknown };
  readonly redirectUris: readonly string[];
}> {
  const scope = claims.scope?.split(' ') ?? [];
  if (!('sid' in claims) || !scope.includes('openid')) throw lacking('openid');
  const person = await findInformed(database, claims, now);
  if (!person || person.audiences[0] !== claims.aud) throw new Problem('TOKEN_INVALID');
  const names = [...claimsOfScope(scope), ...claimsByName(person.claims?.userinfo ?? [], scope, person)];
  return {
    claims: { ...personClaims(names, person, settings), sub: person.user_id },
    redirectUris: person.redirect_uris,
  };
}
