/** Signs access tokens with the stage's active key, which never leaves KMS (S42). */
import { createHash } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { type AccessClaims, signingInput } from '../domain/access-token.ts';
import { Problem } from '../domain/problem.ts';
import { fetchSigningKey, type SigningKey } from './public-keys.ts';

/** How long a resolved key is used before the alias is asked again, milliseconds. */
const RESOLVE_AFTER = 60_000;
/** The key went from under our feet: revoked, or deleted after a rotation that this function slept through. */
const GONE = new Set(['DisabledException', 'KMSInvalidStateException', 'NotFoundException']);
const BUSY = new Set([
  'ThrottlingException',
  'LimitExceededException',
  'KMSInternalException',
  'DependencyTimeoutException',
]);

const kms = new KMSClient({ maxAttempts: 4 });
let resolved: { readonly at: number; readonly key: Promise<SigningKey> } | undefined;

/**
 * @returns the token in JWS compact form (RFC 7515 §7.1)
 * @throws Problem SERVICE_UNAVAILABLE when KMS takes no more for now
 */
export async function signAccessToken(claims: AccessClaims): Promise<string> {
  try {
    return await signWith(await activeKey(), claims);
  } catch (error) {
    if (!isOneOf(GONE, error)) throw unavailable(error);
  }
  try {
    return await signWith(await activeKey({ anew: true }), claims);
  } catch (error) {
    throw unavailable(error);
  }
}

/** Resolves the active key before the first request needs it. */
export function prepareSigner(): void {
  activeKey().catch(() => {});
}

function activeKey({ anew = false } = {}): Promise<SigningKey> {
  if (anew || !resolved || Date.now() - resolved.at > RESOLVE_AFTER) {
    const key = resolveActiveKey();
    // A failed look-up is not kept: the next request tries again.
    key.catch(() => {
      if (resolved?.key === key) resolved = undefined;
    });
    resolved = { at: Date.now(), key };
  }
  return resolved.key;
}

async function resolveActiveKey(): Promise<SigningKey> {
  const key = await fetchSigningKey(kms, 'active');
  if (!key) throw new Problem('SERVICE_UNAVAILABLE', { detail: 'The stage has no signing key yet.', retryAfter: 60 });
  return key;
}

async function signWith({ keyId, jwk }: SigningKey, claims: AccessClaims): Promise<string> {
  const input = signingInput(claims, jwk.kid);
  const { Signature } = await kms.send(
    new SignCommand({
      KeyId: keyId,
      // DIGEST: KMS takes at most 4,096 bytes of a raw message, and a token with many roles may be longer.
      MessageType: 'DIGEST',
      Message: createHash('sha256').update(input).digest(),
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    }),
  );
  if (!Signature) throw new Error('KMS answered without a signature');
  return `${input}.${Buffer.from(Signature).toString('base64url')}`;
}

const isOneOf = (names: ReadonlySet<string>, error: unknown) => error instanceof Error && names.has(error.name);

const unavailable = (error: unknown) =>
  isOneOf(BUSY, error) ? new Problem('SERVICE_UNAVAILABLE', { retryAfter: 1, cause: error }) : error;
