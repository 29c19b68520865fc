import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as aws from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import { startSecretsManager, versionIds } from './local-secrets-manager.ts';

let time = Date.parse('2026-03-01T12:00:00Z');
const now = () => new Date(time);
const { client, newSecret, put, get, stages, close } = await startSecretsManager({ now });
afterAll(close);

const [first = '', second = ''] = versionIds;

describe('a secret', () => {
  it('has an ARN that ends in six random characters, and is found by name, ARN and partial ARN', async () => {
    const { Name, ARN } = await newSecret();
    const partial = `arn:aws:secretsmanager:eu-north-1:000000000000:secret:${Name}`;
    expect(ARN).toMatch(new RegExp(`^${partial}-[A-Za-z0-9]{6}$`));
    for (const id of [Name, ARN, partial]) {
      expect(await get(id)).toMatchObject({
        Name,
        ARN,
        SecretString: 'one',
        VersionId: first,
        VersionStages: ['AWSCURRENT'],
        CreatedDate: new Date(time),
      });
    }
  });

  it('holds bytes as well as text', async () => {
    const { Name } = await newSecret({ SecretString: undefined, SecretBinary: Uint8Array.of(0, 200) });
    const value = await get(Name);
    expect(value.SecretBinary).toEqual(Uint8Array.of(0, 200));
    expect(value).not.toHaveProperty('SecretString');
  });

  it('is described with its versions, without its value', async () => {
    const { Name, ARN } = await newSecret({ Description: 'opens doors', Tags: [{ Key: 'stage', Value: 'local' }] });
    const described = await client.send(new aws.DescribeSecretCommand({ SecretId: ARN }));
    expect(described).toMatchObject({
      Name,
      ARN,
      Description: 'opens doors',
      Tags: [{ Key: 'stage', Value: 'local' }],
      CreatedDate: new Date(time),
      VersionIdsToStages: { [first]: ['AWSCURRENT'] },
    });
    expect(described).not.toHaveProperty('SecretString');
  });

  it('may have no value yet', async () => {
    const { Name } = await newSecret({ SecretString: undefined });
    await expect(get(Name)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
    await put(Name, first, 'one', ['AWSPENDING']);
    expect((await stages(Name))?.[first]?.sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
  });

  it('is made once by a repeated request, and its name cannot be used twice', async () => {
    const { Name, ARN } = await newSecret();
    const create = (ClientRequestToken: string, SecretString: string) =>
      client.send(new aws.CreateSecretCommand({ Name, ClientRequestToken, SecretString }));
    expect((await create(first, 'one')).ARN).toBe(ARN);
    await expect(create(first, 'other')).rejects.toBeInstanceOf(aws.ResourceExistsException);
    await expect(create(second, 'one')).rejects.toMatchObject({
      name: 'ResourceExistsException',
      message: `The operation failed because the secret ${Name} already exists.`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is not found if it does not exist', async () => {
    const missing = await get('none').catch((thrown: unknown) => thrown);
    expect(missing).toBeInstanceOf(aws.ResourceNotFoundException);
    expect(missing).toMatchObject({
      message: "Secrets Manager can't find the specified secret.",
      $metadata: { httpStatusCode: 400 },
    });
    await expect(put('none', first, 'x')).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
  });

  it('is refused with a bad name or two values', async () => {
    await expect(client.send(new aws.CreateSecretCommand({ Name: 'a b' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const both = new aws.CreateSecretCommand({ Name: 'both', SecretString: 'a', SecretBinary: Uint8Array.of(1) });
    await expect(client.send(both)).rejects.toBeInstanceOf(aws.InvalidParameterException);
  });
});

describe('several secrets', () => {
  it('are read in one call, with errors reported separately', async () => {
    const [one, two] = [await newSecret(), await newSecret({ SecretString: 'two' })];
    const { SecretValues, Errors } = await client.send(
      new aws.BatchGetSecretValueCommand({ SecretIdList: [one.Name, 'none', two.ARN] }),
    );
    expect(SecretValues?.map((value) => value.SecretString)).toEqual(['one', 'two']);
    expect(Errors).toEqual([
      {
        SecretId: 'none',
        ErrorCode: 'ResourceNotFoundException',
        Message: "Secrets Manager can't find the specified secret.",
      },
    ]);
  });

  it('are at most twenty in a call', async () => {
    const SecretIdList = Array.from({ length: 21 }, (_, n) => `s${n}`);
    await expect(client.send(new aws.BatchGetSecretValueCommand({ SecretIdList }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('deletion', () => {
  const remove = (SecretId: string, more: Partial<aws.DeleteSecretCommandInput> = {}) =>
    client.send(new aws.DeleteSecretCommand({ SecretId, ...more }));

  it('waits for its window, during which the value is not returned and the name stays in use', async () => {
    const { Name } = await newSecret();
    const { DeletionDate } = await remove(Name, { RecoveryWindowInDays: 7 });
    expect(DeletionDate).toEqual(new Date(time + 7 * 86_400_000));
    await expect(get(Name)).rejects.toBeInstanceOf(aws.InvalidRequestException);
    await expect(client.send(new aws.CreateSecretCommand({ Name }))).rejects.toBeInstanceOf(
      aws.InvalidRequestException,
    );
    const described = await client.send(new aws.DescribeSecretCommand({ SecretId: Name }));
    expect(described.DeletedDate).toEqual(new Date(time));

    time += 7 * 86_400_000;
    await expect(get(Name)).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
  });

  it('is immediate when forced, and the name is free for another ARN', async () => {
    const { Name, ARN } = await newSecret();
    await remove(Name, { ForceDeleteWithoutRecovery: true });
    await expect(get(Name)).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
    const again = await client.send(new aws.CreateSecretCommand({ Name, SecretString: 'new' }));
    expect(again.ARN).not.toBe(ARN);
  });

  it('takes a window of 7 to 30 days, or force, not both', async () => {
    const { Name } = await newSecret();
    await expect(remove(Name, { RecoveryWindowInDays: 6 })).rejects.toMatchObject({ name: 'ValidationException' });
    const both = { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true };
    await expect(remove(Name, both)).rejects.toBeInstanceOf(aws.InvalidParameterException);
  });
});

describe('the file of secrets', () => {
  it('restores secrets and their versions at the next start', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'secrets-'));
    const file = join(directory, 'secrets.json');
    const before = await startSecretsManager({ file, now });
    const created = await before.client.send(
      new aws.CreateSecretCommand({ Name: 'kept', SecretString: 'one', ClientRequestToken: first }),
    );
    await before.client.send(new aws.PutSecretValueCommand({ SecretId: 'kept', SecretString: 'two' }));
    await before.close();

    const after = await startSecretsManager({ file, now });
    const value = (VersionStage: string) =>
      after.client.send(new aws.GetSecretValueCommand({ SecretId: created.ARN, VersionStage }));
    expect((await value('AWSCURRENT')).SecretString).toBe('two');
    expect((await value('AWSPREVIOUS')).SecretString).toBe('one');
    await after.close();
    await rm(directory, { recursive: true });
  });
});
