import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as aws from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { secretsManagerService } from '../../../lib/local/aws/secrets-manager.ts';

let time = Date.parse('2026-03-01T12:00:00Z');
let endpoint: Endpoint;
let client: aws.SecretsManagerClient;

const start = (file?: string) =>
  startEndpoint({ port: 0, services: [secretsManagerService({ file, now: () => new Date(time) })] });
const clientOf = ({ url }: Endpoint) =>
  new aws.SecretsManagerClient({
    endpoint: url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

beforeAll(async () => {
  endpoint = await start();
  client = clientOf(endpoint);
});
afterAll(() => endpoint.close());

const tokens = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32));
const [first = '', second = '', third = ''] = tokens;
let counter = 0;

/** A new secret, its first version `first`, holding 'one'. */
async function newSecret(more: Partial<aws.CreateSecretCommandInput> = {}) {
  counter += 1;
  const Name = `identity/test-${counter}`;
  const input = { Name, SecretString: 'one', ClientRequestToken: first, ...more };
  const { ARN = '' } = await client.send(new aws.CreateSecretCommand(input));
  return { Name, ARN };
}
const put = (SecretId: string, ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
  client.send(new aws.PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }));
const get = (SecretId: string, more: Partial<aws.GetSecretValueCommandInput> = {}) =>
  client.send(new aws.GetSecretValueCommand({ SecretId, ...more }));
const stages = async (SecretId: string) =>
  (await client.send(new aws.DescribeSecretCommand({ SecretId }))).VersionIdsToStages;
const move = (SecretId: string, VersionStage: string, MoveToVersionId?: string, RemoveFromVersionId?: string) =>
  client.send(
    new aws.UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
  );

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

describe('versions', () => {
  it('move AWSCURRENT to the new version and AWSPREVIOUS to the one before', async () => {
    const { Name } = await newSecret();
    expect(await put(Name, second, 'two')).toMatchObject({ VersionId: second, VersionStages: ['AWSCURRENT'] });
    await put(Name, third, 'three');
    expect(await stages(Name)).toEqual({ [third]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });

    expect((await get(Name)).SecretString).toBe('three');
    expect((await get(Name, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
    // Without a label the version is deprecated, but it still exists.
    expect((await get(Name, { VersionId: first })).SecretString).toBe('one');
  });

  it('are made once by a repeated request', async () => {
    const { Name } = await newSecret();
    await put(Name, second, 'two');
    await put(Name, third, 'three');
    await put(Name, second, 'two');
    expect((await get(Name)).SecretString).toBe('three');
    await expect(put(Name, second, 'changed')).rejects.toBeInstanceOf(aws.ResourceExistsException);
  });

  it('wait under AWSPENDING until promoted, and can be promoted back', async () => {
    const { Name } = await newSecret();
    await put(Name, second, 'two', ['AWSPENDING']);
    expect((await get(Name)).SecretString).toBe('one');
    expect((await get(Name, { VersionStage: 'AWSPENDING' })).SecretString).toBe('two');

    await move(Name, 'AWSCURRENT', second, first);
    expect(await stages(Name)).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSPENDING', 'AWSCURRENT'] });
    await move(Name, 'AWSPENDING', undefined, second);
    await move(Name, 'AWSCURRENT', first, second);
    expect(await stages(Name)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPREVIOUS'] });
  });

  it('give up a label only if the call names them, and AWSCURRENT only to another version', async () => {
    const { Name } = await newSecret();
    await put(Name, second, 'two', ['AWSPENDING']);
    await expect(move(Name, 'AWSCURRENT', second)).rejects.toBeInstanceOf(aws.InvalidParameterException);
    await expect(move(Name, 'AWSCURRENT', second, third)).rejects.toBeInstanceOf(aws.InvalidParameterException);
    await expect(move(Name, 'AWSCURRENT', undefined, first)).rejects.toBeInstanceOf(aws.InvalidParameterException);
    await expect(move(Name, 'AWSCURRENT', third, first)).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
    await expect(move(Name, 'CUSTOM', second, first)).rejects.toBeInstanceOf(aws.InvalidParameterException);
    expect(await stages(Name)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });

    await move(Name, 'CUSTOM', second);
    expect((await get(Name, { VersionStage: 'CUSTOM' })).VersionId).toBe(second);
  });

  it('are not found by an id or a label of another version', async () => {
    const { Name } = await newSecret();
    await expect(get(Name, { VersionId: second })).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
    await expect(get(Name, { VersionStage: 'AWSPREVIOUS' })).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
    await expect(get(Name, { VersionId: first, VersionStage: 'AWSPENDING' })).rejects.toBeInstanceOf(
      aws.InvalidRequestException,
    );
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
    const before = await start(file);
    const created = await clientOf(before).send(
      new aws.CreateSecretCommand({ Name: 'kept', SecretString: 'one', ClientRequestToken: first }),
    );
    await clientOf(before).send(new aws.PutSecretValueCommand({ SecretId: 'kept', SecretString: 'two' }));
    await before.close();

    const after = await start(file);
    const value = (VersionStage: string) =>
      clientOf(after).send(new aws.GetSecretValueCommand({ SecretId: created.ARN, VersionStage }));
    expect((await value('AWSCURRENT')).SecretString).toBe('two');
    expect((await value('AWSPREVIOUS')).SecretString).toBe('one');
    await after.close();
    await rm(directory, { recursive: true });
  });
});
