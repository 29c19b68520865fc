/** The keys of the local KMS: what is stored of a key, how a KeyId names a key, what each state allows. */
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { AwsError } from './service.ts';
import { openStateFile } from './state-file.ts';
import { present } from './validation.ts';

export type KeySpec = 'RSA_2048' | 'HMAC_256';
export type KeyUsage = 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC';

export interface StoredKey {
  readonly id: string;
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly description: string;
  /** Milliseconds since 1970, like all stored times here. */
  readonly createdAt: number;
  /** Base64: for an RSA key its PKCS #8 DER, for an HMAC key the secret itself. */
  readonly material: string;
  readonly tags: Record<string, string>;
  /** As it was given; KMS's default otherwise. */
  readonly policy?: string;
  enabled: boolean;
  /** When the key is finally deleted, or null. */
  deleteAt: number | null;
}

export interface StoredAlias {
  readonly name: string;
  readonly createdAt: number;
  keyId: string;
  updatedAt: number;
}

export interface KeyStoreOptions {
  /** The file that keeps the keys between starts; without it, they are only in memory. */
  readonly file?: string;
  readonly now?: () => Date;
  readonly accountId?: string;
  readonly region?: string;
}

export interface KeyStore {
  readonly accountId: string;
  now(): number;
  keys(): StoredKey[];
  aliases(): StoredAlias[];
  add(item: { key: StoredKey } | { alias: StoredAlias }): void;
  removeAlias(name: string): void;
  save(): Promise<void>;
  /** `key/<id>` or `alias/<name>` as an ARN. */
  arn(resource: string): string;
  /** @throws AwsError NotFoundException unless `keyId` is the id or the ARN of a key. */
  byId(keyId: string | undefined): StoredKey;
  /** Like {@link KeyStore.byId}, but also takes an alias's name or ARN. */
  resolve(keyId: string | undefined): StoredKey;
}

export function openKeyStore(options: KeyStoreOptions): KeyStore {
  const { file, now = () => new Date(), accountId = '000000000000', region = 'eu-north-1' } = options;
  const { state, save } = openStateFile(file, { keys: [] as StoredKey[], aliases: [] as StoredAlias[] });
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  const time = () => now().getTime();

  // Deletion needs no timer: the next read removes a key whose time has come, and its aliases.
  function current() {
    const isGone = (key: StoredKey) => key.deleteAt !== null && key.deleteAt <= time();
    if (state.keys.some(isGone)) {
      state.keys = state.keys.filter((key) => !isGone(key));
      state.aliases = state.aliases.filter((alias) => state.keys.some((key) => key.id === alias.keyId));
    }
    return state;
  }

  function byId(keyId: string | undefined): StoredKey {
    const given = present(keyId, 'keyId');
    const id = given.replace(`${prefix}key/`, '');
    const key = current().keys.find((one) => one.id === id);
    if (key) return key;
    throw /^[0-9a-f-]{36}$/.test(id)
      ? new AwsError('NotFoundException', `Key '${prefix}key/${id}' does not exist`)
      : new AwsError('NotFoundException', `Invalid keyId '${given}'`);
  }

  return {
    accountId,
    now: time,
    keys: () => current().keys,
    aliases: () => current().aliases,
    add(item) {
      if ('key' in item) state.keys.push(item.key);
      else state.aliases.push(item.alias);
    },
    removeAlias(name) {
      state.aliases = state.aliases.filter((alias) => alias.name !== name);
    },
    save,
    arn: (resource) => prefix + resource,
    byId,
    resolve(keyId) {
      const name = present(keyId, 'keyId').replace(/^arn:aws:kms:[^:]*:[^:]*:(?=alias\/)/, '');
      if (!name.startsWith('alias/')) return byId(keyId);
      const alias = current().aliases.find((one) => one.name === name);
      if (!alias) throw new AwsError('NotFoundException', `Alias ${prefix}${name} is not found.`);
      return byId(alias.keyId);
    },
  };
}

/** @throws AwsError KMSInvalidStateException for a key that awaits its deletion: few operations take such a key. */
export function notPendingDeletion(key: StoredKey, store: KeyStore): StoredKey {
  if (key.deleteAt === null) return key;
  throw new AwsError('KMSInvalidStateException', `${store.arn(`key/${key.id}`)} is pending deletion.`);
}

/** @throws AwsError DisabledException, KMSInvalidStateException unless the key may be used. */
export function usable(key: StoredKey, store: KeyStore): StoredKey {
  if (notPendingDeletion(key, store).enabled) return key;
  throw new AwsError('DisabledException', `${store.arn(`key/${key.id}`)} is disabled.`);
}

/** A key's parsed material; for an HMAC key both members are the same object. */
export interface Material {
  readonly secret: KeyObject;
  readonly public: KeyObject;
}

// Parsing an RSA key costs as much as signing with it.
const parsed = new WeakMap<StoredKey, Material>();

export function materialOf(key: StoredKey): Material {
  let material = parsed.get(key);
  if (!material) {
    material = parse(key);
    parsed.set(key, material);
  }
  return material;
}

function parse(key: StoredKey): Material {
  const bytes = Buffer.from(key.material, 'base64');
  if (key.spec === 'HMAC_256') {
    const secret = createSecretKey(bytes);
    return { secret, public: secret };
  }
  const secret = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  return { secret, public: createPublicKey(secret) };
}
