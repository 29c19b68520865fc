/** ID tokens that come back as a hint of who is meant (OpenID Connect Core §3.1.2.1). */
import { compactVerify, errors, importJWK } from 'jose';
import type { JwksPublicKey } from '../contracts/http.ts';
import type { ClientId, UserId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';

/** Of our access tokens (RFC 9068 §2.1): they are no ID tokens, whatever else they have in common. */
const ACCESS_TOKEN = 'at+jwt';

/** Of an ID token of ours. */
export interface IdTokenHint {
  readonly sub: UserId;
  /** Whom it was issued to. */
  readonly clients: readonly ClientId[];
  /** What these call the session of the browser. */
  readonly sid: string | null;
}

type PublicKeys = () => Promise<readonly JwksPublicKey[]>;

/** @returns null for what is no ID token of ours; one that has expired says no less of who was meant */
export async function readIdToken(
  token: string,
  publishedKeys: PublicKeys,
  { issuer }: Pick<Settings, 'issuer'>,
): Promise<IdTokenHint | null> {
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
    const { iss, aud, sub, sid } = JSON.parse(new TextDecoder().decode(payload)) as Readonly<Record<string, unknown>>;
    const isOurs = protectedHeader.typ?.toLowerCase() !== ACCESS_TOKEN && iss === issuer;
    if (!isOurs || typeof sub !== 'string') return null;
    return { sub: sub as UserId, clients: [aud].flat() as ClientId[], sid: typeof sid === 'string' ? sid : null };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @returns the `sub` of an ID token that we have issued to the client, expired or not: it says who was meant and proves
 *   nothing; null for anything else
 */
export async function readIdTokenHint(
  token: string,
  clientId: ClientId,
  publishedKeys: PublicKeys,
  settings: Pick<Settings, 'issuer'>,
): Promise<UserId | null> {
  const hint = await readIdToken(token, publishedKeys, settings);
  return hint?.clients.includes(clientId) ? hint.sub : null;
}
