/** The local KMS's operations that create, describe, tag, disable and delete keys. */
import { generateKeyPair, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type {
  CreateKeyCommandInput,
  ListKeysCommandInput,
  ListResourceTagsCommandInput,
  ScheduleKeyDeletionCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-kms';
import { type KeySpec, type KeyStore, type KeyUsage, notPendingDeletion, type StoredKey } from './kms-keys.ts';
import { page } from './kms-pages.ts';
import { checkedPolicy } from './kms-policy.ts';
import { signingAlgorithms } from './kms-signature.ts';
import type { Wire } from './protocol.ts';
import { AwsError, type Operation } from './service.ts';
import { among, present, within } from './validation.ts';

type KeyIdInput = { KeyId: string | undefined };

/** Makes a key of spec RSA_2048. */
export const generateRsaKey = async (): Promise<KeyObject> =>
  (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey;
const dayMs = 86_400_000;
const tagsPerKey = 50;

export function lifecycleOperations(store: KeyStore, newRsaKey = generateRsaKey): Record<string, Operation> {
  async function setEnabled({ KeyId }: KeyIdInput, enabled: boolean) {
    notPendingDeletion(store.byId(KeyId), store).enabled = enabled;
    await store.save();
    return {};
  }

  return {
    async CreateKey(input: Wire<CreateKeyCommandInput>) {
      const { spec, usage } = kindOf(input);
      const policy = checkedPolicy(input);
      const key: StoredKey = {
        id: randomUUID(),
        spec,
        usage,
        description: input.Description ?? '',
        createdAt: store.now(),
        material: (await newMaterial(spec, newRsaKey)).toString('base64'),
        tags: merged({}, input.Tags),
        enabled: true,
        deleteAt: null,
        ...(policy === undefined ? {} : { policy }),
      };
      store.add({ key });
      await store.save();
      return { KeyMetadata: metadata(key, store) };
    },

    DescribeKey: ({ KeyId }: KeyIdInput) => ({ KeyMetadata: metadata(store.resolve(KeyId), store) }),

    ListKeys(input: Wire<ListKeysCommandInput>) {
      const { items, ...rest } = page(store.keys(), (key) => key.id, input, { usual: 100, most: 1000 });
      return { ...rest, Keys: items.map(({ id }) => ({ KeyId: id, KeyArn: store.arn(`key/${id}`) })) };
    },

    EnableKey: (input: KeyIdInput) => setEnabled(input, true),
    DisableKey: (input: KeyIdInput) => setEnabled(input, false),

    async ScheduleKeyDeletion(input: Wire<ScheduleKeyDeletionCommandInput>) {
      const days = within(input.PendingWindowInDays ?? 30, 'pendingWindowInDays', 7, 30);
      const key = notPendingDeletion(store.byId(input.KeyId), store);
      const deleteAt = store.now() + days * dayMs;
      key.deleteAt = deleteAt;
      key.enabled = false;
      await store.save();
      return {
        KeyId: store.arn(`key/${key.id}`),
        DeletionDate: deleteAt / 1000,
        KeyState: stateOf(key),
        PendingWindowInDays: days,
      };
    },

    // After its deletion is cancelled, a key is disabled.
    async CancelKeyDeletion({ KeyId }: KeyIdInput) {
      const key = store.byId(KeyId);
      const arn = store.arn(`key/${key.id}`);
      if (key.deleteAt === null) throw new AwsError('KMSInvalidStateException', `${arn} is not pending deletion.`);
      key.deleteAt = null;
      await store.save();
      return { KeyId: arn };
    },

    async TagResource(input: Wire<TagResourceCommandInput>) {
      const key = notPendingDeletion(store.byId(input.KeyId), store);
      Object.assign(key.tags, merged(key.tags, present(input.Tags, 'tags')));
      await store.save();
      return {};
    },

    async UntagResource(input: Wire<UntagResourceCommandInput>) {
      const key = notPendingDeletion(store.byId(input.KeyId), store);
      for (const name of present(input.TagKeys, 'tagKeys')) delete key.tags[name];
      await store.save();
      return {};
    },

    ListResourceTags(input: Wire<ListResourceTagsCommandInput>) {
      const tags = Object.entries(store.byId(input.KeyId).tags);
      const { items, ...rest } = page(tags, ([name]) => name, input, { usual: 50, most: 50 });
      return { ...rest, Tags: items.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) };
    },
  };
}

const usages: Readonly<Record<KeySpec, KeyUsage>> = { RSA_2048: 'SIGN_VERIFY', HMAC_256: 'GENERATE_VERIFY_MAC' };

function kindOf(input: Wire<CreateKeyCommandInput>): { spec: KeySpec; usage: KeyUsage } {
  const given = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (given !== 'RSA_2048' && given !== 'HMAC_256') throw unsupported(`keys of spec ${given}`);
  if ((input.Origin ?? 'AWS_KMS') !== 'AWS_KMS') throw unsupported(`keys of origin ${input.Origin}`);
  if (input.MultiRegion) throw unsupported('multi-Region keys');
  if (input.KeyUsage === undefined) {
    throw new AwsError(
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
  }
  const all = ['SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'ENCRYPT_DECRYPT', 'KEY_AGREEMENT'] as const;
  const usage = among(input.KeyUsage, 'keyUsage', all);
  if (given === 'RSA_2048' && usage === 'ENCRYPT_DECRYPT') throw unsupported('keys that encrypt');
  if (usage !== usages[given]) {
    throw new AwsError('ValidationException', `KeyUsage ${usage} is not compatible with KeySpec ${given}`);
  }
  return { spec: given, usage };
}

const unsupported = (what: string) =>
  new AwsError('UnsupportedOperationException', `The local KMS does not make ${what}`);

const newMaterial = (spec: KeySpec, newRsaKey: () => Promise<KeyObject>): Promise<Buffer> | Buffer =>
  spec === 'HMAC_256'
    ? randomBytes(32)
    : newRsaKey().then((privateKey) => privateKey.export({ format: 'der', type: 'pkcs8' }));

type Tags = Wire<CreateKeyCommandInput>['Tags'];

function merged(old: Record<string, string>, added: Tags): Record<string, string> {
  const tags = { ...old };
  for (const { TagKey, TagValue } of added ?? []) {
    const name = present(TagKey, 'tagKey');
    if (!name || name.length > 128 || name.startsWith('aws:')) throw new AwsError('TagException', 'Invalid tag key');
    tags[name] = present(TagValue, 'tagValue');
  }
  if (Object.keys(tags).length > tagsPerKey) throw new AwsError('TagException', 'Too many tags');
  return tags;
}

function stateOf(key: StoredKey): 'PendingDeletion' | 'Enabled' | 'Disabled' {
  if (key.deleteAt !== null) return 'PendingDeletion';
  return key.enabled ? 'Enabled' : 'Disabled';
}

function metadata(key: StoredKey, store: KeyStore): object {
  return {
    AWSAccountId: store.accountId,
    KeyId: key.id,
    Arn: store.arn(`key/${key.id}`),
    CreationDate: key.createdAt / 1000,
    Enabled: key.enabled,
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: stateOf(key),
    ...(key.deleteAt === null ? {} : { DeletionDate: key.deleteAt / 1000 }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    ...(key.spec === 'RSA_2048' ? { SigningAlgorithms: signingAlgorithms } : { MacAlgorithms: ['HMAC_SHA_256'] }),
    MultiRegion: false,
  };
}
