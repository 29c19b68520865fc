/** The secrets kept by the local Secrets Manager, and how a SecretId names one. */
import { randomInt } from 'node:crypto';
import { AwsError } from './service.ts';
import { openStateFile } from './state-file.ts';
import { present } from './validation.ts';

export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  /** Milliseconds since 1970, as every time kept here. */
  readonly createdAt: number;
  /** Staging labels; a version without any is deprecated, and found by its id only. */
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
  /** When it is gone for good. */
  deleteAt: number | null;
}

export interface SecretStoreOptions {
  /** Where secrets are kept between starts; in memory only without it. */
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
  /** As find. @throws AwsError InvalidRequestException for one that awaits its deletion. */
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

/** Six characters, so that a policy for a deleted secret does not fit its namesake. */
function randomSuffix(): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
}
