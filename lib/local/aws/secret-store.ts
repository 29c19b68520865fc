/** The secrets of the local Secrets Manager, and how a SecretId names a secret. */
import { randomInt } from 'node:crypto';
import { AwsError } from './service.ts';
import { openStateFile } from './state-file.ts';
import { present } from './validation.ts';

export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  /** Milliseconds since 1970, like all stored times here. */
  readonly createdAt: number;
  /** Staging labels; a version without labels is deprecated, and found only by its id. */
  labels: string[];
}

export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly object[];
  readonly createdAt: number;
  readonly versions: SecretVersion[];
  deletedAt: number | null;
  /** When the secret is finally deleted. */
  deleteAt: number | null;
}

export interface SecretStoreOptions {
  /** The file that keeps the secrets between starts; without it, they are only in memory. */
  readonly file?: string;
  readonly now?: () => Date;
  readonly accountId?: string;
  readonly region?: string;
}

export interface SecretStore {
  now(): number;
  save(): Promise<void>;
  create(name: string, about: { Description?: string; Tags?: readonly object[] }): StoredSecret;
  byName(name: string): StoredSecret | undefined;
  /** By name, ARN, or ARN without its random suffix. @throws AwsError ResourceNotFoundException */
  find(secretId: string | undefined): StoredSecret;
  /** Like find. @throws AwsError InvalidRequestException also for a secret that awaits its deletion. */
  live(secretId: string | undefined): StoredSecret;
}

export function openSecretStore(options: SecretStoreOptions): SecretStore {
  const { file, now: clock = () => new Date(), accountId = '000000000000', region = 'eu-north-1' } = options;
  const { state, save } = openStateFile(file, { secrets: [] as StoredSecret[] });
  const prefix = `arn:aws:secretsmanager:${region}:${accountId}:secret:`;
  const now = () => clock().getTime();

  function current(): StoredSecret[] {
    state.secrets = state.secrets.filter(({ deleteAt }) => deleteAt === null || deleteAt > now());
    return state.secrets;
  }

  function find(secretId: string | undefined): StoredSecret {
    const id = present(secretId, 'secretId');
    const secret = current().find((one) => one.arn === id || one.name === id || prefix + one.name === id);
    if (secret) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  return {
    now,
    save,
    find,
    byName: (name) => current().find((secret) => secret.name === name),
    create(name, { Description, Tags = [] }) {
      const secret: StoredSecret = {
        arn: `${prefix}${name}-${randomSuffix()}`,
        name,
        description: Description,
        tags: Tags,
        createdAt: now(),
        versions: [],
        deletedAt: null,
        deleteAt: null,
      };
      state.secrets.push(secret);
      return secret;
    },
    live(secretId) {
      const secret = find(secretId);
      if (secret.deleteAt === null) return secret;
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    },
  };
}

/** Six characters, so that a policy for a deleted secret does not match a new secret of the same name. */
function randomSuffix(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
}
