import * as aws from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import { startSecretsManager, versionIds } from './local-secrets-manager.ts';

const [first = '', second = '', third = ''] = versionIds;
const { client, newSecret, put, get, stages, close } = await startSecretsManager({ now: () => new Date() });
afterAll(close);

const move = (SecretId: string, VersionStage: string, MoveToVersionId?: string, RemoveFromVersionId?: string) =>
  client.send(
    new aws.UpdateSecretVersionStageCommand({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }),
  );

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
