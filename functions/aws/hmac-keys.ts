/**
 * HMAC keys from Secrets Manager: `{"key": "…"}`, 256 bits, in versions, kept in memory. A key can be rotated without a
 * moment in which genuine tokens fail, and a dropped version is accepted for five minutes at most (S71): the versions
 * are fetched again beside a request, and are not used when they are too old, even if Secrets Manager does not answer.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isWithin } from '../domain/age.ts';
import { type HmacKeys, inOrder, type KeyVersions, LONGEST_KNOWN } from '../domain/key-versions.ts';
import { Problem } from '../domain/problem.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { keyVersion } from './secret-version.ts';

/** The versions are fetched again after this many milliseconds; a request starts the fetch and does not wait for it. */
const FRESH = 180_000;
/** Milliseconds between two fetches that garbage tokens cause; and after a fetch that failed. */
const REFETCH_AFTER = 30_000;
const RETRY_AFTER = 10_000;
/** Milliseconds for one call. */
const PATIENCE = 2_000;

const client = new SecretsManagerClient({ maxAttempts: 2 });

/**
 * Begins to fetch at once: if called outside the handler, the keys are there when the first request needs them.
 * @param name for log lines
 */
export function hmacKeys(name: string, secretId: string): HmacKeys {
  let known: { readonly at: number; readonly versions: KeyVersions } | undefined;
  let fetching: Promise<KeyVersions> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;

  /** Simultaneous requests share one fetch. */
  const fetchOnce = (): Promise<KeyVersions> => {
    fetching ??= fetchVersions().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
  async function fetchVersions(): Promise<KeyVersions> {
    // The age counts from before the call: a function that was frozen during it thaws with an old answer.
    const at = Date.now();
    try {
      const version = (stage: 'AWSCURRENT' | 'AWSPREVIOUS') =>
        keyVersion(client, secretId, stage, AbortSignal.timeout(PATIENCE));
      const [current, previous] = await Promise.all([version('AWSCURRENT'), version('AWSPREVIOUS')]);
      if (!current) throw new Error('the secret has no current version');
      known = { at, versions: { current, previous } };
      return isWithin(at, LONGEST_KNOWN) ? known.versions : fetchVersions();
    } catch (error) {
      failedAt = Date.now();
      log('warn', 'a key could not be fetched', { secret: name, error });
      emitMetrics({ SecretsUnavailable: [1, 'Count'] });
      throw new Problem('SERVICE_UNAVAILABLE', { retryAfter: 2, cause: error });
    }
  }
  const versions = (): KeyVersions | Promise<KeyVersions> => {
    if (!known || !isWithin(known.at, LONGEST_KNOWN)) return fetchOnce();
    // No timer runs in a frozen function, so a request starts this.
    if (!isWithin(known.at, FRESH) && !isWithin(failedAt, RETRY_AFTER)) fetchOnce().catch(() => {});
    return known.versions;
  };

  fetchOnce().catch(() => {});
  return {
    keys: async () => inOrder(await versions(), new Date()),
    async refetched() {
      if ((known && isWithin(known.at, REFETCH_AFTER)) || isWithin(failedAt, REFETCH_AFTER)) return null;
      return fetchOnce().then(
        (fetched) => inOrder(fetched, new Date()),
        () => null,
      );
    },
  };
}
