import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as aws from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmsService } from '../../../lib/local/aws/kms.ts';
import { aws400, startKms, unknownId } from './local-kms.ts';

const dayMs = 86_400_000;
let time = Date.parse('2026-03-01T12:00:00Z');
const now = () => new Date(time);
const { client: kms, newKey, close } = await startKms({ now });
afterAll(close);

let counter = 0;
/** A new alias of the key. */
async function newAlias(TargetKeyId: string) {
  counter += 1;
  const AliasName = `alias/test/${counter}`;
  await kms.send(new aws.CreateAliasCommand({ AliasName, TargetKeyId }));
  return AliasName;
}

const describeKey = async (KeyId: string) => (await kms.send(new aws.DescribeKeyCommand({ KeyId }))).KeyMetadata;
const message = Buffer.from('header.payload');

describe('keys', () => {
  it('are described as KMS describes them', async () => {
    const key = await newKey('RSA_2048', { Description: 'signs tokens' });
    expect(key).toEqual({
      AWSAccountId: '000000000000',
      KeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      Arn: `arn:aws:kms:eu-north-1:000000000000:key/${key.KeyId}`,
      CreationDate: new Date(time),
      Enabled: true,
      Description: 'signs tokens',
      KeyUsage: 'SIGN_VERIFY',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'RSA_2048',
      KeySpec: 'RSA_2048',
      SigningAlgorithms: expect.arrayContaining(['RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PSS_SHA_256']),
      MultiRegion: false,
    });
    expect(await newKey('HMAC_256')).toMatchObject({ KeySpec: 'HMAC_256', MacAlgorithms: ['HMAC_SHA_256'] });
  });

  it('have the policy that they are made with, or KMS’s own', async () => {
    const policyOf = async ({ KeyId }: { KeyId: string }) =>
      JSON.parse((await kms.send(new aws.GetKeyPolicyCommand({ KeyId }))).Policy ?? '');
    const [statement] = (await policyOf(await newKey('HMAC_256'))).Statement;
    expect(statement).toMatchObject({ Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'kms:*' });
    const policy = { Statement: [{ ...statement, Action: 'kms:PutKeyPolicy' }] };
    const waived = { Policy: JSON.stringify(policy), BypassPolicyLockoutSafetyCheck: true };
    expect(await policyOf(await newKey('HMAC_256', waived))).toEqual(policy);
    const malformed = aws400('MalformedPolicyDocumentException');
    for (const given of [{ Policy: waived.Policy }, { ...waived, Policy: '{"Statement":[{"Effect":"Allow"}]}' }]) {
      await expect(newKey('HMAC_256', given)).rejects.toMatchObject(malformed);
    }
  });

  it('are found by id, ARN, alias name and alias ARN', async () => {
    const { KeyId, Arn } = await newKey('HMAC_256');
    const alias = await newAlias(KeyId);
    for (const name of [KeyId, Arn, alias, `arn:aws:kms:eu-north-1:000000000000:${alias}`]) {
      expect((await describeKey(name))?.Arn).toBe(Arn);
    }
  });

  it.each([
    unknownId,
    `arn:aws:kms:eu-north-1:000000000000:key/${unknownId}`,
    'nonsense',
    'alias/none',
    'arn:aws:kms:eu-north-1:000000000000:alias/none',
  ])('answer NotFoundException for %s', async (KeyId) => {
    const error = await describeKey(KeyId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(aws.NotFoundException);
    expect(error).toMatchObject(aws400('NotFoundException'));
  });

  it.each<[Partial<aws.CreateKeyCommandInput>, string]>([
    [{}, 'UnsupportedOperationException'],
    [{ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    [{ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }, 'UnsupportedOperationException'],
    [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', MultiRegion: true }, 'UnsupportedOperationException'],
    [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' }, 'UnsupportedOperationException'],
    [{ KeySpec: 'RSA_2048' }, 'ValidationException'],
    [{ KeySpec: 'HMAC_256', KeyUsage: 'SIGN_VERIFY' }, 'ValidationException'],
    [{ KeySpec: 'HMAC_256', KeyUsage: 'NONE' as 'SIGN_VERIFY' }, 'ValidationException'],
  ])('are not made of %j: %s', async (input, name) => {
    await expect(kms.send(new aws.CreateKeyCommand(input))).rejects.toMatchObject(aws400(name));
  });

  it('are listed in pages, each key once', async () => {
    const made = [(await newKey('HMAC_256')).KeyId, (await newKey('HMAC_256')).KeyId, (await newKey('HMAC_256')).KeyId];
    const listed: (string | undefined)[] = [];
    for await (const page of aws.paginateListKeys({ client: kms, pageSize: 2 }, {})) {
      expect(page.Keys?.length).toBeLessThanOrEqual(2);
      listed.push(...(page.Keys ?? []).map((key) => key.KeyId));
    }
    expect(listed).toEqual(expect.arrayContaining(made));
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('are not listed with a limit out of bounds or an invalid marker', async () => {
    await expect(kms.send(new aws.ListKeysCommand({ Limit: 1001 }))).rejects.toMatchObject(
      aws400('ValidationException'),
    );
    await expect(kms.send(new aws.ListKeysCommand({ Marker: 'x' }))).rejects.toBeInstanceOf(aws.InvalidMarkerException);
  });

  it('carry tags', async () => {
    const { KeyId } = await newKey('HMAC_256', { Tags: [{ TagKey: 'stage', TagValue: 'local' }] });
    const TagList = [
      { TagKey: 'stage', TagValue: 'dev' },
      { TagKey: 'kid', TagValue: '1' },
    ];
    await kms.send(new aws.TagResourceCommand({ KeyId, Tags: TagList }));
    const tags = async () => (await kms.send(new aws.ListResourceTagsCommand({ KeyId }))).Tags;
    expect(await tags()).toEqual([TagList[1], TagList[0]]);

    await kms.send(new aws.UntagResourceCommand({ KeyId, TagKeys: ['stage'] }));
    expect(await tags()).toEqual([TagList[1]]);

    const many = Array.from({ length: 50 }, (_, n) => ({ TagKey: `t${n}`, TagValue: '' }));
    await expect(kms.send(new aws.TagResourceCommand({ KeyId, Tags: many }))).rejects.toBeInstanceOf(aws.TagException);
    expect(await tags()).toEqual([TagList[1]]);
  });
});

describe('states', () => {
  const mac = (KeyId: string) =>
    kms.send(new aws.GenerateMacCommand({ KeyId, Message: message, MacAlgorithm: 'HMAC_SHA_256' }));

  it('a disabled key works again after it is enabled', async () => {
    const { KeyId } = await newKey('HMAC_256');
    await kms.send(new aws.DisableKeyCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
    await expect(mac(KeyId)).rejects.toBeInstanceOf(aws.DisabledException);

    await kms.send(new aws.EnableKeyCommand({ KeyId }));
    await expect(mac(KeyId)).resolves.toBeDefined();
  });

  it('a key awaiting deletion can be described and nothing else, and comes back disabled', async () => {
    const { KeyId, Arn } = await newKey('HMAC_256');
    const scheduled = await kms.send(new aws.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    const DeletionDate = new Date(time + 7 * dayMs);
    expect(scheduled).toMatchObject({ KeyId: Arn, DeletionDate, KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
    expect(await describeKey(KeyId)).toMatchObject({ Enabled: false, KeyState: 'PendingDeletion', DeletionDate });

    const refused = [
      () => mac(KeyId),
      () => newAlias(KeyId),
      () => kms.send(new aws.EnableKeyCommand({ KeyId })),
      () => kms.send(new aws.DisableKeyCommand({ KeyId })),
      () => kms.send(new aws.TagResourceCommand({ KeyId, Tags: [] })),
      () => kms.send(new aws.ScheduleKeyDeletionCommand({ KeyId })),
    ];
    for (const call of refused) await expect(call()).rejects.toBeInstanceOf(aws.KMSInvalidStateException);

    await kms.send(new aws.CancelKeyDeletionCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'Disabled' });
    expect(await describeKey(KeyId)).not.toHaveProperty('DeletionDate');
    await expect(kms.send(new aws.CancelKeyDeletionCommand({ KeyId }))).rejects.toBeInstanceOf(
      aws.KMSInvalidStateException,
    );
  });

  it('a key is removed with its aliases when its window ends, and not before', async () => {
    const { KeyId } = await newKey('HMAC_256');
    const alias = await newAlias(KeyId);
    await kms.send(new aws.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 }));
    time += 30 * dayMs - 1;
    await expect(describeKey(alias)).resolves.toBeDefined();
    time += 1;
    await expect(describeKey(KeyId)).rejects.toBeInstanceOf(aws.NotFoundException);
    await expect(describeKey(alias)).rejects.toBeInstanceOf(aws.NotFoundException);
    await newKey('HMAC_256').then((key) =>
      kms.send(new aws.CreateAliasCommand({ AliasName: alias, TargetKeyId: key.KeyId })),
    );
  });

  it.each([6, 31])('a key cannot be deleted in %i days', async (PendingWindowInDays) => {
    const { KeyId } = await newKey('HMAC_256');
    await expect(kms.send(new aws.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }))).rejects.toMatchObject(
      aws400('ValidationException'),
    );
  });
});

describe('the file of keys', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kms-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('restores keys, aliases, tags and states at the next start, and only its owner can read it', async () => {
    const file = join(directory, 'new', 'kms.json');
    const first = await startKms({ file, now });
    const { client } = first;
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => client.send(new aws.CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }))),
    );
    const [KeyId, otherId] = made.map(({ KeyMetadata }) => KeyMetadata?.KeyId ?? '');
    await client.send(new aws.CreateAliasCommand({ AliasName: 'alias/active', TargetKeyId: KeyId }));
    await client.send(new aws.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] }));
    await client.send(new aws.DisableKeyCommand({ KeyId: otherId }));
    const input = { KeyId: 'alias/active', Message: message, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256' } as const;
    const { Signature } = await client.send(new aws.SignCommand(input));
    await first.close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'new'))).toEqual(['kms.json']);

    const second = await startKms({ file, now });
    const again = second.client;
    expect((await again.send(new aws.SignCommand(input))).Signature).toEqual(Signature);
    expect((await again.send(new aws.ListResourceTagsCommand({ KeyId }))).Tags).toHaveLength(1);
    expect((await again.send(new aws.ListKeysCommand({}))).Keys).toHaveLength(4);
    expect((await again.send(new aws.DescribeKeyCommand({ KeyId: otherId }))).KeyMetadata?.KeyState).toBe('Disabled');
    await second.close();
  });

  it('stops the start, with an error that names it, when it is damaged, and stays as it is', async () => {
    const file = join(directory, 'damaged.json');
    await writeFile(file, '{"keys": [');
    expect(() => kmsService({ file })).toThrow(`Cannot read ${file}`);
    expect(await readFile(file, 'utf8')).toBe('{"keys": [');
  });
});
