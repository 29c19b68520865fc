/** The clients of the settings, as the job of a deployment applies them. */
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { hashSecret } from '../../functions/domain/client-secret.ts';
import { clientsOf, namesWithSecrets } from '../../lib/service/clients.ts';
import type { ClientSettings } from '../../lib/service/settings/clients.ts';
import { newClient } from '../support/clients.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let secretsManager: SecretsManagerClient;
beforeAll(async () => {
  service = await sharedService();
  process.env.AWS_ENDPOINT_URL = service.awsUrl;
  secretsManager = new SecretsManagerClient({
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
beforeEach(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const kiosk: ClientSettings = { kind: 'confidential', name: 'Kiosk', redirectUris: ['https://kiosk.example/callback'] };
const app: ClientSettings = { kind: 'public', name: 'App', redirectUris: ['https://app.example/'] };

async function apply(clients: Record<string, ClientSettings>): Promise<unknown> {
  const completed = clientsOf(clients, defaultSettings);
  const SecretArns: Record<string, string> = {};
  for (const name of namesWithSecrets(completed)) SecretArns[name] = secretId(name);
  return service.runJob('apply-clients', { ResourceProperties: { Clients: JSON.stringify(completed), SecretArns } });
}
const secretId = (name: string) => `identity-local/clients/${name}`;
/** As Secrets Manager makes it on AWS, and as an operator rotates it. */
const putSecret = async (name: string, client_secret: string) => {
  const SecretString = JSON.stringify({ client_id: name, client_secret });
  await secretsManager.send(new PutSecretValueCommand({ SecretId: secretId(name), SecretString }));
};
const hashes = async (name: string) =>
  (await service.sql('select secret_hash from client_secrets where client_id = $1', [name]))
    .map(({ secret_hash }) => secret_hash.toString('hex'))
    .toSorted();
const hashesOf = (...secrets: string[]) => secrets.map((secret) => hashSecret(secret).toString('hex')).toSorted();
const topics = async () =>
  (
    await service.sql(
      "select topic, data->>'client_id' as id from event_outbox where aggregate_type = 'client' order by event_id",
    )
  ).map(({ topic, id }) => `${id} ${topic.split('.')[3]}`);

it('makes what is new, changes what is other, leaves the rest, and removes what is gone', async () => {
  expect(await apply({ app })).toEqual({ app: 'created' });
  expect(await apply({ app })).toEqual({ app: 'unchanged' });
  expect(await apply({ app: { ...app, name: 'Other' } })).toEqual({ app: 'changed' });
  expect(await service.sql('select client_id, name, source, audiences from clients')).toEqual([
    { client_id: 'app', name: 'Other', source: 'settings', audiences: ['app'] },
  ]);
  expect(await apply({})).toEqual({ app: 'removed' });
  expect(await service.sql('select from clients')).toEqual([]);
  expect(await topics()).toEqual(['app created', 'app changed', 'app removed']);
  const entries = await service.sql("select action, detail->>'by' as by, ip_address from audit_log order by entry_id");
  expect(entries).toEqual(
    ['created', 'changed', 'removed'].map((what) => ({ action: `client.${what}`, by: 'settings', ip_address: null })),
  );
});

it('leaves clients of other sources alone, and takes no id of theirs', async () => {
  const { clientId } = await newClient(service, 'public');
  await apply({});
  expect(await service.sql('select client_id from clients')).toEqual([{ client_id: clientId }]);
  await newClient(service, 'public', { clientId: 'taken' });
  await expect(apply({ taken: app })).rejects.toThrow('other_source');
});

it('S77: takes the secret from Secrets Manager, and the one before it until it is replaced, and keeps hashes alone', async () => {
  await secretsManager.send(new CreateSecretCommand({ Name: secretId('kiosk'), SecretString: '{}' }));
  await putSecret('kiosk', 'first');
  await putSecret('kiosk', 'second');
  expect(await apply({ kiosk })).toEqual({ kiosk: 'created' });
  expect(await hashes('kiosk')).toEqual(hashesOf('first', 'second'));
  expect(await apply({ kiosk })).toEqual({ kiosk: 'unchanged' });
  await putSecret('kiosk', 'third');
  await apply({ kiosk });
  expect(await hashes('kiosk')).toEqual(hashesOf('second', 'third'));
  const text = await service.dump();
  for (const secret of ['second', 'third']) expect(text).not.toContain(`"${secret}"`);
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId('kiosk') }));
  expect(JSON.parse(SecretString)).toEqual({ client_id: 'kiosk', client_secret: 'third' });
});

it('ends the sessions of a client that is gone, with events, and not those of a later one of its name', async () => {
  await apply({ app });
  const { sessionId, userId, loginAgain } = await registerAndLogin(service);
  await service.sql("update sessions set client_id = 'app', kind = 'client' where session_id = $1", [sessionId]);
  await apply({});
  expect(await service.sql('select revoked_reason from sessions where session_id = $1', [sessionId])).toEqual([
    { revoked_reason: 'admin' },
  ]);
  expect(await service.outbox('huleedu.identity.session.revoked.v1')).toMatchObject([
    { user_id: userId, session_id: sessionId, reason: 'admin' },
  ]);
  expect(await service.sql('select from removed_clients')).toEqual([]);

  // A run that was killed after it removed the client: the sweep does the rest.
  const [before, after] = [await loginAgain(), await loginAgain()];
  await service.sql("insert into removed_clients values ('app', now())");
  await service.sql("update sessions set client_id = 'app' where session_id = any ($1)", [
    [before.sessionId, after.sessionId],
  ]);
  await service.sql("update sessions set created_at = now() + interval '2 minutes' where session_id = $1", [
    after.sessionId,
  ]);
  await service.runJob('sweep');
  const live = await service.sql("select session_id from sessions where client_id = 'app' and revoked_at is null");
  expect(live).toEqual([{ session_id: after.sessionId }]);
  expect(await service.sql('select from removed_clients')).toEqual([]);
});
