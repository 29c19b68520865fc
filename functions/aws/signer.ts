/**
 * Signs tokens with the stage's active key, which never leaves KMS (S42): one call a token. All signatures of an
 * account and Region share a quota, 1,000 operations a second with RSA keys unless it was raised. When it is used up,
 * every further call makes it worse, so a token has few tries, and load is shed before it costs a hash or a statement.
 *
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
 */
import { createHash } from 'node:crypto';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { type AdmitSigning, signingInput, type TokenType } from '../domain/access-token.ts';
import { isWithin } from '../domain/age.ts';
import { backoff } from '../domain/backoff.ts';
import { remembered } from '../domain/key-lifecycle.ts';
import { loadShed } from '../domain/load-shed.ts';
import { Problem } from '../domain/problem.ts';
import { timeLeft } from '../runtime/deadline.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { fetchSigningKey, type SigningKey } from './public-keys.ts';

/** Milliseconds that a resolved key is used before a request starts another look-up of the alias. */
const REFRESH_AFTER = 60_000;
/** Milliseconds before the next look-up beside a request when one failed. */
const RETRY_AFTER = 10_000;
/** Milliseconds that a resolved key is used at most: a frozen function may wake with yesterday's key. */
const LONGEST = remembered.bySigner * 1000;
/** A token's tries, and milliseconds for all; less if the request has less left, so that it can still answer 503. */
const MOST_TRIES = 3;
const PATIENCE = 6_000;
/** Milliseconds for one call; there is always time for one. */
const CALL_PATIENCE = 1_500;
/** Bounds of the random pauses between tries, milliseconds. The quota counts anew each second. */
const PAUSES = { first: 400, longest: 1_000 };
/** The key that was resolved is now revoked, deleted or no longer this stage's. */
const GONE = new Set(['DisabledException', 'KMSInvalidStateException', 'NotFoundException', 'AccessDeniedException']);
const NO_KEY = new Error('the stage has no usable signing key');

export interface Signer {
  readonly admit: AdmitSigning;
  /** Resolves the active key before the first request needs it. */
  prepare(): void;
}

/** @param aliases `alias/identity-dev/` before the role */
export function signer(aliases: string): Signer {
  const kms = new KMSClient({ maxAttempts: 1 });
  const shed = loadShed();
  let resolved: { readonly at: number; readonly key: SigningKey } | undefined;
  let resolving: Promise<SigningKey> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  function admit() {
    if (shed.refuses()) {
      emitMetrics({ SigningShed: [1, 'Count'] });
      throw unavailable();
    }
    return sign;
  }

  async function sign(claims: object, type?: TokenType): Promise<string> {
    const end = performance.now() + Math.min(PATIENCE, timeLeft());
    let turned = false;
    for (let failures = 1, refusals = 0; ; failures++) {
      try {
        const token = await signWith(kms, await activeKey(), claims, type);
        shed.note(true);
        return token;
      } catch (error) {
        const gone = isGone(error);
        if (gone) resolved = undefined;
        // A key that is gone mostly has its successor at once. If that does not sign either, something is wrong.
        const turn = gone && !turned;
        if (turn) turned = true;
        else emitMetrics(Object.fromEntries(metricsOf(error).map((name) => [name, [1, 'Count']])));
        // Without a usable key nothing was asked of the quota, and a rotation may be giving the stage another one.
        if (error !== NO_KEY) {
          refusals++;
          if (!turn) shed.note(false);
        }
        const pause = turn ? 0 : backoff(failures, PAUSES);
        if (refusals === MOST_TRIES || performance.now() + pause > end) throw unavailable(error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async function activeKey(): Promise<SigningKey> {
    if (resolved && isWithin(resolved.at, REFRESH_AFTER)) return resolved.key;
    if (!resolved || !isWithin(resolved.at, LONGEST)) return resolveActiveKey();
    // No timer runs in a frozen function, so a request starts this; the request does not wait for it.
    if (!isWithin(failedAt, RETRY_AFTER)) {
      resolveActiveKey().catch((error: unknown) => {
        failedAt = Date.now();
        log('warn', 'the active key could not be looked up again', { error });
      });
    }
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
    if (!key) throw NO_KEY;
    if (Date.now() - at >= LONGEST) return fetchActiveKey();
    resolved = { at, key };
    return key;
  }

  return { admit, prepare: () => void resolveActiveKey().catch(() => {}) };
}

async function signWith(kms: KMSClient, { keyId, jwk }: SigningKey, claims: object, type?: TokenType): Promise<string> {
  const input = signingInput(claims, jwk.kid, type);
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

/** Clients that are refused at the same moment are told to come back at different ones, seconds. */
const unavailable = (cause?: unknown) =>
  new Problem('SERVICE_UNAVAILABLE', { retryAfter: 1 + 4 * Math.random(), cause });

/** What no further try changes is told apart: of that, one in a quiet stage is enough for an alarm. */
function metricsOf(error: unknown): ('SigningThrottled' | 'SigningErrors' | 'SigningDenied')[] {
  if (isThrottle(error)) return ['SigningThrottled'];
  return error === NO_KEY || isGone(error) ? ['SigningErrors', 'SigningDenied'] : ['SigningErrors'];
}

const isGone = (error: unknown) => error instanceof Error && GONE.has(error.name);

const isThrottle = (error: unknown) =>
  error instanceof Error && (error.name === 'ThrottlingException' || error.name === 'LimitExceededException');
