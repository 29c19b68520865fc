/** Signs access tokens with the stage's active key, which never leaves KMS (S42): one call a token. */
import { createHash } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { type AccessClaims, type SignToken, signingInput } from '../domain/access-token.ts';
import { backoff } from '../domain/backoff.ts';
import { remembered } from '../domain/key-lifecycle.ts';
import { Problem } from '../domain/problem.ts';
import { timeLeft } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { fetchSigningKey, type SigningKey } from './public-keys.ts';

/** Milliseconds that a resolved key is used before a request starts another look-up of the alias. */
const REFRESH_AFTER = 60_000;
/** Milliseconds that it is used at most: a frozen function may wake with yesterday's key. */
const LONGEST = remembered.bySigner * 1000;
/** Milliseconds for a token with all tries; less if the request has less left, so that it can still answer 503. */
const PATIENCE = 6_000;
/** Milliseconds for one call; there is always time for one. */
const CALL_PATIENCE = 1_500;
/** The key that was resolved is now revoked, deleted or no longer this stage's. */
const GONE = new Set(['DisabledException', 'KMSInvalidStateException', 'NotFoundException', 'AccessDeniedException']);

export interface Signer {
  readonly sign: SignToken;
  /** Resolves the active key before the first request needs it. */
  prepare(): void;
}

/** @param aliases `alias/identity-dev/` before the role */
export function signer(aliases: string): Signer {
  const kms = new KMSClient({ maxAttempts: 1 });
  let resolved: { readonly at: number; readonly key: SigningKey } | undefined;
  let resolving: Promise<SigningKey> | undefined;

  async function sign(claims: AccessClaims): Promise<string> {
    const end = performance.now() + Math.min(PATIENCE, timeLeft());
    for (let failures = 1; ; failures++) {
      try {
        return await signWith(kms, await activeKey(), claims);
      } catch (error) {
        const gone = error instanceof Error && GONE.has(error.name);
        if (gone) resolved = undefined;
        else emitMetrics({ [isThrottle(error) ? 'SigningThrottled' : 'SigningErrors']: [1, 'Count'] });
        // A key that is gone mostly has its successor at once. A throttled function waits, for a random time.
        const pause = gone && failures === 1 ? 0 : backoff(failures, { first: 100, longest: 1_000 });
        if (performance.now() + pause > end) {
          throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 2, cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async function activeKey(): Promise<SigningKey> {
    const age = resolved ? Date.now() - resolved.at : Number.POSITIVE_INFINITY;
    if (resolved && age >= 0 && age < REFRESH_AFTER) return resolved.key;
    const fresh = resolveActiveKey();
    if (!resolved || age < 0 || age >= LONGEST) return fresh;
    // No timer runs in a frozen function, so a request starts this; the request does not wait for it.
    fresh.catch((error: unknown) => log('warn', 'the active key could not be looked up again', { error }));
    return resolved.key;
  }

  /** Simultaneous requests share one look-up. */
  function resolveActiveKey(): Promise<SigningKey> {
    resolving ??= fetchActiveKey().finally(() => {
      resolving = undefined;
    });
    return resolving;
  }

  async function fetchActiveKey(): Promise<SigningKey> {
    // The age counts from before the call: a function that was frozen during it thaws with an old answer.
    const at = Date.now();
    const key = await fetchSigningKey(kms, aliases, 'active');
    if (!key) throw new Error('the stage has no usable signing key');
    if (Date.now() - at >= LONGEST) return fetchActiveKey();
    resolved = { at, key };
    return key;
  }

  return { sign, prepare: () => void resolveActiveKey().catch(() => {}) };
}

async function signWith(kms: KMSClient, { keyId, jwk }: SigningKey, claims: AccessClaims): Promise<string> {
  const input = signingInput(claims, jwk.kid);
  const { Signature } = await kms.send(
    new SignCommand({
      KeyId: keyId,
      // DIGEST: KMS takes at most 4,096 bytes of a raw message, and a token with many roles may be longer.
      MessageType: 'DIGEST',
      Message: createHash('sha256').update(input).digest(),
      SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    }),
    { abortSignal: AbortSignal.timeout(CALL_PATIENCE) },
  );
  if (!Signature) throw new Error('KMS answered without a signature');
  return `${input}.${Buffer.from(Signature).toString('base64url')}`;
}

const isThrottle = (error: unknown) =>
  error instanceof Error && (error.name === 'ThrottlingException' || error.name === 'LimitExceededException');
