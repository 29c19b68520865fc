/** In the name of the client itself (RFC 6749 §4.4). */
import { lifetime, machineClaims } from '../../domain/access-token.ts';
import type { AuthenticatedClient } from '../../domain/client-credentials.ts';
import { Problem } from '../../domain/problem.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { isScope } from '../../domain/scopes.ts';
import { type Asked, demandGrant, type GrantedTokens, type GrantNeeds, grantOf } from '../grant-tokens.ts';
import { spendShown } from '../shown-before.ts';

/**
 * In the machine's own name: no person, no session. What people consent to is none of its scopes.
 * @throws Problem SCOPE_INVALID, TARGET_INVALID, CLIENT_INVALID, DPOP_PROOF_INVALID, CLIENT_NOT_ALLOWED, SERVICE_UNAVAILABLE
 */
export async function grantToMachine(
  needs: GrantNeeds,
  caller: AuthenticatedClient,
  { scope, resource }: Asked,
  { now }: RequestContext,
): Promise<GrantedTokens> {
  demandGrant(caller, 'client_credentials');
  const { client } = caller;
  const own = client.scopes.filter((name) => !isScope(name));
  if (scope?.some((name) => !own.includes(name))) throw new Problem('SCOPE_INVALID');
  if (resource.some((name) => !client.audiences.includes(name))) throw new Problem('TARGET_INVALID');
  const sign = needs.admitSigning();
  await spendShown(needs.database, caller);
  const grant = grantOf(caller, scope ?? own, resource.length > 0 ? resource : null);
  const accessToken = await sign(machineClaims(grant, now, needs.settings));
  return {
    accessToken,
    expiresIn: lifetime(needs.settings, grant),
    scope: grant.scope.length > 0 ? grant.scope : undefined,
  };
}
