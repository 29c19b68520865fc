/** The public halves of the stage's signing keys, by the aliases that name their lifecycle (design.md). */
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { JwksPublicKey } from '../contracts/http.ts';
import { environment } from '../settings.ts';

export type KeyRole = 'next' | 'active' | 'previous';

export interface SigningKey {
  /** The key's ARN: an alias may point elsewhere the next moment. */
  readonly keyId: string;
  readonly jwk: JwksPublicKey;
}

/** @returns null when the stage has no key in that role */
export async function fetchSigningKey(kms: KMSClient, role: KeyRole): Promise<SigningKey | null> {
  try {
    const command = new GetPublicKeyCommand({ KeyId: `${environment('SIGNING_KEY_ALIASES')}${role}` });
    const { KeyId, PublicKey } = await kms.send(command);
    if (!KeyId || !PublicKey) throw new Error('KMS answered without a key');
    return { keyId: KeyId, jwk: toJwk(PublicKey) };
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return null;
    throw error;
  }
}

/** All keys that a token may have been signed with, or soon will be. */
export async function fetchPublicKeys(kms: KMSClient): Promise<JwksPublicKey[]> {
  const roles: KeyRole[] = ['next', 'active', 'previous'];
  const keys = await Promise.all(roles.map((role) => fetchSigningKey(kms, role)));
  return keys.filter((key) => key !== null).map(({ jwk }) => jwk);
}

/** @param spki SubjectPublicKeyInfo, DER, as KMS gives it */
function toJwk(spki: Uint8Array): JwksPublicKey {
  const { n = '', e = '' } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  return { kid: thumbprint(n, e), kty: 'RSA', n, e, alg: 'RS256', use: 'sig' };
}

/** RFC 7638 §3.1: the required members in lexicographic order, without white space. */
const thumbprint = (n: string, e: string) =>
  createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
