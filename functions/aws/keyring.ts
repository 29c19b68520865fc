/**
 * HMAC keys from Secrets Manager: `{"key": "…"}`, 256 bits, in versions. The newest makes, each known one is honoured,
 * so a key can be rotated without a moment in which genuine tokens fail.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretName } from '../../lib/functions.ts';
import { environment } from '../settings.ts';

/** The newest first. */
export type Keys = readonly [Buffer, ...Buffer[]];

export interface Keyring {
  keys(): Promise<Keys>;
  /** Fetches again, at most every 30 s; for a token that no known version made. Null when that is too soon. */
  refetched(): Promise<Keys | null>;
}

const REFETCH_AFTER = 30_000;
const client = new SecretsManagerClient({});

/** Begins to fetch at once: called outside the handler, the answer is there when the first request needs it. */
export function keyring(name: SecretName): Keyring {
  const secretId = environment(`SECRET_${name.toUpperCase().replaceAll('-', '_')}_ARN`);
  let fetchedAt = Date.now();
  let fetching = fetchKeys(secretId);
  fetching.catch(() => {});

  const fetchAgain = () => {
    fetchedAt = Date.now();
    fetching = fetchKeys(secretId);
    return fetching;
  };
  return {
    keys: () => fetching.catch(fetchAgain),
    async refetched() {
      if (Date.now() - fetchedAt < REFETCH_AFTER) return null;
      return fetchAgain();
    },
  };
}

async function fetchKeys(secretId: string): Promise<Keys> {
  const [current, previous] = await Promise.all([version(secretId, 'AWSCURRENT'), version(secretId, 'AWSPREVIOUS')]);
  if (!current) throw new Error('the secret has no current version');
  return previous ? [current, previous] : [current];
}

async function version(secretId: string, stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<Buffer | null> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
    const { SecretString = '' } = await client.send(command);
    const { key } = JSON.parse(SecretString) as { key: string };
    return Buffer.from(key);
  } catch (error) {
    // A secret that was never rotated has no previous version.
    if (stage === 'AWSPREVIOUS' && error instanceof Error && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}
