/** DPoP (RFC 9449): tokens that are bound to a key of the client's. The proofs' own rules are in packages/verify. */
import type { Proof } from '../packages/verify/index.ts';
import type { ClientAuthentication, RefreshRule } from './client.ts';
import { type OneUse, oneUse } from './one-use.ts';

/** Once per key and URI (S80). */
export const useOfProof = ({ jkt, htu, jti, expiresAt }: Proof): OneUse =>
  oneUse('dpop-proof', [jkt, htu, jti], expiresAt);

interface SessionBinding {
  readonly refresh: RefreshRule;
  /** The thumbprint of the key without which its refresh token is of no use; null: none. */
  readonly dpopJkt: string | null;
}

/**
 * RFC 9449 §5: the refresh token of a public client is bound, too, so that it may stay; that of another client is bound to
 * the client's own credentials.
 */
export const sessionBinding = (
  { authentication, refresh }: { readonly authentication: ClientAuthentication; readonly refresh: RefreshRule },
  jkt: string | null,
): SessionBinding =>
  authentication === 'none' && jkt !== null ? { refresh: 'keeps', dpopJkt: jkt } : { refresh, dpopJkt: null };
