/** `npm run clients`, in a process of its own. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeMetadata } from '../../functions/domain/client-metadata.ts';
import { hashSecret } from '../../functions/domain/client-secret.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { clientKey } from '../support/client-assertions.ts';
import { operatorCommand } from '../support/operator-command.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const directory = mkdtempSync(join(tmpdir(), 'clients-'));
function file(content: unknown): string {
  const path = join(directory, 'client.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const run = (...args: string[]) => operatorCommand(service, ['clients.ts', ...args, '--json']);
async function answer(...args: string[]) {
  const { code, out, error } = await run(...args);
  if (code !== 0) throw new Error(error);
  return JSON.parse(out);
}
const hashes = async () =>
  (await service.sql('select secret_hash from client_secrets order by created_at desc')).map(({ secret_hash }) =>
    secret_hash.toString('hex'),
  );
const hashesOf = (...secrets: string[]) => secrets.map((secret) => hashSecret(secret).toString('hex'));

it('makes a client, shows it, gives it another secret, changes and removes it', async () => {
  // As the recipes show it.
  const given = JSON.parse(readFileSync('test/examples/clients/client.json', 'utf8'));
  const made = await answer('create', 'test/examples/clients/client.json');
  expect(made).toEqual({
    client_id: expect.stringMatching(/^c_[\w-]{22}$/),
    client_secret: expect.stringMatching(/^cs_[\w-]{43}$/),
  });
  const { client_id: id, client_secret: first } = made;
  expect(await answer('list')).toMatchObject([
    { client_id: id, kind: 'confidential', name: 'Shop', authentication: 'client_secret', source: 'command' },
  ]);
  const shown = await answer('show', id);
  expect(shown).toMatchObject({ client_id: id, redirect_uris: given.redirectUris });
  expect(shown.secrets).toHaveLength(1);
  expect(JSON.stringify(shown)).not.toContain(hashesOf(first)[0]);

  const { client_secret: second } = await answer('rotate-secret', id);
  expect(await hashes()).toEqual(hashesOf(second, first));
  const { client_secret: third } = await answer('rotate-secret', id);
  expect((await hashes()).toSorted()).toEqual(hashesOf(third, second).toSorted());
  await answer('drop-secret', id);
  expect(await hashes()).toEqual(hashesOf(third));

  expect(await answer('change', id, file({ ...given, name: 'Other' }))).toEqual({ client_id: id });
  expect(await answer('show', id)).toMatchObject({ name: 'Other', secrets: [{}] });
  await answer('remove', id);
  expect(await answer('list')).toEqual([]);
  const entries = await service.sql(
    "select action, detail from audit_log where action like 'client.%' order by entry_id",
  );
  expect(entries.map(({ action }) => action)).toEqual([
    'client.created',
    ...Array(4).fill('client.changed'),
    'client.removed',
  ]);
  for (const { detail } of entries) expect(detail).toEqual({ client_id: id, by: 'operator' });
});

it('takes what it has shown, with a change in it', async () => {
  const keys = { keys: [(await clientKey('one')).jwk] };
  const { client_id: id } = await answer(
    'create',
    file({ kind: 'machine', name: 'Reports', audiences: ['essays'], jwks: keys }),
  );
  const shown = await answer('show', id);
  expect(shown.created_at).toMatch(/^20\d\d-.*Z$/);
  await answer('change', id, file({ ...shown, name: 'Other' }));
  const { updated_at, ...changed } = await answer('show', id);
  expect({ ...changed, updated_at: shown.updated_at }).toEqual({ ...shown, name: 'Other' });
  await answer('remove', id);

  const { error } = await run('create', file({ ...shown, redirect_uri: 'https://a.example/' }));
  expect(error.trim().split('\n')).toEqual(['Bad client:', '  client: Unrecognized key: "redirectUri"']);
});

it('says in a line each what is wrong, and does nothing', async () => {
  const { code, out, error } = await run(
    'create',
    file({ kind: 'public', name: '', redirectUris: ['http://a.example/'] }),
  );
  expect([code, out]).toEqual([1, '']);
  expect(error.trim().split('\n')).toEqual([
    'Bad client:',
    '  name: must be 1 to 60 visible characters',
    expect.stringMatching(/^ {2}redirectUris\.0: must begin with https:/),
  ]);
  expect((await run('show', 'nobody')).error.trim()).toBe('No client nobody');
  expect((await run('remove', 'nobody')).error.trim()).toBe('No client nobody');
  expect((await run('show')).error).toMatch(/^npm run clients -- list/);
  expect(await answer('list')).toEqual([]);
});

describe('a client of the settings', () => {
  const secretId = 'identity-local/clients/shop';
  const metadata = completeMetadata(
    { kind: 'confidential', name: 'Shop', redirect_uris: ['https://shop.example/'] },
    'shop' as ClientId,
    defaultSettings,
  );
  let secretsManager: SecretsManagerClient;
  const stored = async (VersionStage: string) => {
    const { SecretString = '' } = await secretsManager.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage }),
    );
    return JSON.parse(SecretString).client_secret as string;
  };
  /** As a deployment makes it: the secret in Secrets Manager, the client in the database. */
  const deploy = () =>
    service.runJob('apply-clients', {
      ResourceProperties: { Clients: JSON.stringify([{ clientId: 'shop', metadata }]), SecretArns: { shop: secretId } },
    });
  beforeAll(async () => {
    secretsManager = new SecretsManagerClient({
      endpoint: service.awsUrl,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const SecretString = JSON.stringify({ client_id: 'shop', client_secret: 'first' });
    await secretsManager.send(new CreateSecretCommand({ Name: secretId, SecretString }));
  });

  it('S77: has its secret rotated and dropped where its service reads it, and in the database at once', async () => {
    expect(await deploy()).toEqual({ shop: 'created' });
    expect(await hashes()).toEqual(hashesOf('first'));
    expect((await run('drop-secret', 'shop')).error.trim()).toBe(
      'shop has one secret: there is none to drop. Rotate it first if it leaked.',
    );

    expect(await answer('rotate-secret', 'shop')).toEqual({ client_id: 'shop', secret_in: secretId });
    const second = await stored('AWSCURRENT');
    expect(second).toMatch(/^cs_[\w-]{43}$/);
    expect((await hashes()).toSorted()).toEqual(hashesOf('first', second).toSorted());
    expect(await deploy()).toEqual({ shop: 'unchanged' });

    await answer('rotate-secret', 'shop');
    const third = await stored('AWSCURRENT');
    expect((await hashes()).toSorted()).toEqual(hashesOf(second, third).toSorted());
    expect(await answer('drop-secret', 'shop')).toEqual({ client_id: 'shop', dropped: true });
    expect(await hashes()).toEqual(hashesOf(third));
    await expect(stored('AWSPREVIOUS')).rejects.toThrow();
    expect(await deploy()).toEqual({ shop: 'unchanged' });
  });

  it('is changed and removed by the settings alone, and has the secret that the command cannot make', async () => {
    const refused = 'shop: This client comes from the settings of the stage, and is changed and removed there alone.';
    const given = { kind: 'confidential', name: 'Other', redirectUris: ['https://shop.example/'] };
    expect((await run('change', 'shop', file(given))).error.trim()).toBe(refused);
    expect((await run('remove', 'shop')).error.trim()).toBe(refused);
    expect(await answer('show', 'shop')).toMatchObject({ name: 'Shop', secrets: [{}] });
  });
});
