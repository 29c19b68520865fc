import * as aws from '@aws-sdk/client-kms';
import { afterAll, describe, expect, it } from 'vitest';
import { aws400, startKms } from './local-kms.ts';

let time = Date.parse('2026-03-01T12:00:00Z');
const { client: kms, newKey, close } = await startKms({ now: () => new Date(time) });
afterAll(close);

let counter = 0;
/** A new alias of the key. */
async function newAlias(TargetKeyId: string) {
  counter += 1;
  const AliasName = `alias/test/${counter}`;
  await kms.send(new aws.CreateAliasCommand({ AliasName, TargetKeyId }));
  return AliasName;
}

describe('aliases', () => {
  it('move from key to key, and are listed by key', async () => {
    const [first, second] = [await newKey('HMAC_256'), await newKey('HMAC_256')];
    const AliasName = await newAlias(first.KeyId);
    const created = new Date(time);
    time += 1000;
    await kms.send(new aws.UpdateAliasCommand({ AliasName, TargetKeyId: second.Arn }));

    const { Aliases } = await kms.send(new aws.ListAliasesCommand({ KeyId: second.KeyId }));
    expect(Aliases).toEqual([
      {
        AliasName,
        AliasArn: `arn:aws:kms:eu-north-1:000000000000:${AliasName}`,
        TargetKeyId: second.KeyId,
        CreationDate: created,
        LastUpdatedDate: new Date(time),
      },
    ]);
    expect((await kms.send(new aws.ListAliasesCommand({ KeyId: first.KeyId }))).Aliases).toEqual([]);

    await kms.send(new aws.DeleteAliasCommand({ AliasName }));
    await expect(kms.send(new aws.DescribeKeyCommand({ KeyId: AliasName }))).rejects.toBeInstanceOf(
      aws.NotFoundException,
    );
  });

  it('are listed in pages', async () => {
    const { KeyId } = await newKey('HMAC_256');
    const names = [await newAlias(KeyId), await newAlias(KeyId), await newAlias(KeyId)];
    const listed: (string | undefined)[] = [];
    for await (const page of aws.paginateListAliases({ client: kms, pageSize: 2 }, { KeyId })) {
      listed.push(...(page.Aliases ?? []).map((alias) => alias.AliasName));
    }
    expect(listed).toEqual(names.sort());
  });

  it('are refused when they exist, are reserved, are misspelt or point nowhere', async () => {
    const { KeyId: TargetKeyId } = await newKey('HMAC_256');
    const AliasName = await newAlias(TargetKeyId);
    const create = (input: Partial<aws.CreateAliasCommandInput>) =>
      kms.send(new aws.CreateAliasCommand({ AliasName: 'alias/new', TargetKeyId, ...input }));
    await expect(create({ AliasName })).rejects.toBeInstanceOf(aws.AlreadyExistsException);
    await expect(create({ AliasName: 'alias/aws/kms' })).rejects.toMatchObject(aws400('NotAuthorizedException'));
    await expect(create({ AliasName: 'new' })).rejects.toMatchObject(aws400('ValidationException'));
    await expect(create({ AliasName: 'alias/å' })).rejects.toBeInstanceOf(aws.InvalidAliasNameException);
    await expect(create({ TargetKeyId: AliasName })).rejects.toBeInstanceOf(aws.NotFoundException);
  });

  it('are not updated or deleted when they do not exist', async () => {
    const { KeyId: TargetKeyId } = await newKey('HMAC_256');
    const AliasName = 'alias/none';
    await expect(kms.send(new aws.UpdateAliasCommand({ AliasName, TargetKeyId }))).rejects.toBeInstanceOf(
      aws.NotFoundException,
    );
    await expect(kms.send(new aws.DeleteAliasCommand({ AliasName }))).rejects.toBeInstanceOf(aws.NotFoundException);
  });

  it('move only between keys of one usage', async () => {
    const AliasName = await newAlias((await newKey('HMAC_256')).KeyId);
    const TargetKeyId = (await newKey('RSA_2048')).KeyId;
    await expect(kms.send(new aws.UpdateAliasCommand({ AliasName, TargetKeyId }))).rejects.toMatchObject(
      aws400('ValidationException'),
    );
  });

  it('are at most 50 a key', async () => {
    const { KeyId } = await newKey('HMAC_256');
    for (let n = 0; n < 50; n += 1) await newAlias(KeyId);
    await expect(newAlias(KeyId)).rejects.toBeInstanceOf(aws.LimitExceededException);
  });
});
