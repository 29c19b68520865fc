/** The public halves of the stage's signing keys, by the aliases that name their lifecycle (domain/key-lifecycle.ts). */
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { JwksPublicKey } from '../contracts/http.ts';
import type { KeyRole } from '../domain/key-lifecycle.ts';

export interface SigningKey {
  /** The key's ARN, as an alias may point elsewhere the next moment. */
  readonly keyId: string;
  readonly jwk: JwksPublicKey;
}

/** The alias does not exist, or the key is revoked or waits for deletion. */
const GONE = new Set(['NotFoundException', 'DisabledException', 'KMSInvalidStateException']);
/** Milliseconds for one call with its retries. */
const PATIENCE = 3_000;

/**
 * @param aliases `alias/identity-dev/` before the role
 * @returns null when the stage has no usable key in that role
 */
export async function fetchSigningKey(kms: KMSClient, aliases: string, role: KeyRole): Promise<SigningKey | null> {
  try {
    const command = new GetPublicKeyCommand({ KeyId: aliases + role });
    const { KeyId, PublicKey } = await kms.send(command, { abortSignal: AbortSignal.timeout(PATIENCE) });
    if (!KeyId || !PublicKey) throw new Error('KMS answered without a key');
    return { keyId: KeyId, jwk: toJwk(PublicKey) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // IAM may take five minutes to know a new key by its alias; the key does not sign for hours yet.
    if (GONE.has(error.name) || (role === 'next' && error.name === 'AccessDeniedException')) return null;
    throw error;
  }
}

/** All keys that sign tokens, did so lately or soon will: at most three calls. */
export async function fetchPublicKeys(kms: KMSClient, aliases: string): Promise<JwksPublicKey[]> {
  // One read after the other, against the order in which a rotation moves the aliases: no key is missed, whichever step
  // of the rotation falls between two reads.
  const next = await fetchSigningKey(kms, aliases, 'next');
  const active = await fetchSigningKey(kms, aliases, 'active');
  const previous = await fetchSigningKey(kms, aliases, 'previous');
  const keys = [active, next, previous].flatMap((key) => (key ? [key.jwk] : []));
  return [...new Map(keys.map((key) => [key.kid, key])).values()];
}

/** @param spki SubjectPublicKeyInfo, DER, as KMS gives it */
export function toJwk(spki: Uint8Array): JwksPublicKey {
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
