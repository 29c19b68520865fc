/** ID tokens that come back as a hint of who is meant (OpenID Connect Core §3.1.2.1). */
import { compactVerify, errors, importJWK } from 'jose';
import type { JwksPublicKey } from '../contracts/http.ts';
import type { ClientId, UserId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';

/** Of our access tokens (RFC 9068 §2.1): they are no ID tokens, whatever else they have in common. */
const ACCESS_TOKEN = 'at+jwt';

/**
 * @returns the `sub` of an ID token that we have issued to the client, expired or not: it says who was meant and proves
 *   nothing; null for anything else
 */
export async function readIdTokenHint(
  token: string,
  clientId: ClientId,
  publishedKeys: () => Promise<readonly JwksPublicKey[]>,
  { issuer }: Pick<Settings, 'issuer'>,
): Promise<UserId | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      token,
      async ({ kid }) => {
        const key = (await publishedKeys()).find((known) => known.kid === kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return importJWK(key, 'RS256');
      },
      { algorithms: ['RS256'] },
    );
    const { iss, aud, sub } = JSON.parse(new TextDecoder().decode(payload)) as Readonly<Record<string, unknown>>;
    const isOurs =
      protectedHeader.typ?.toLowerCase() !== ACCESS_TOKEN && iss === issuer && [aud].flat().includes(clientId);
    return isOurs && typeof sub === 'string' ? (sub as UserId) : null;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}
