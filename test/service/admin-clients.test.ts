/** /v1/admin/clients: what administrators do to OAuth clients. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientId, newId } from '../../functions/domain/ids.ts';
import { saveClient } from '../../functions/store/clients.ts';
import { clientOf, toSave } from '../support/client-calls.ts';
import { newClient } from '../support/clients.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { raise } from '../support/levels.ts';
import { makeAdmin } from '../support/organizations.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import type { World } from '../support/world.ts';

const path = '/v1/admin/clients';
const wiki = { kind: 'confidential', name: 'Wiki', redirect_uris: ['https://wiki.example/callback'] };

let service: Service;
let admin: Person;
beforeAll(async () => {
  service = await sharedService();
  admin = await makeAdmin(service, await registerAndLogin(service));
});
afterAll(() => service.stop());

const get = (below = '') => service.get(`${path}${below}`, admin.bearer);
const post = (body?: object, below = '') => service.post(`${path}${below}`, body, admin.bearer);
const put = (id: string, body: object) => service.put(`${path}/${id}`, body, admin.bearer);
const remove = (below: string) => service.delete(`${path}/${below}`, undefined, admin.bearer);
const made = async (body: object = wiki) => (await post(body)).body;
const token = (clientId: string, secret: string) =>
  formTo(service, '/oauth/token', basicOf(clientId, secret), { grant_type: 'client_credentials' });
const basicOf = (clientId: string, secret: string) => ({
  clientId: clientId as ClientId,
  secret,
  redirectUri: '',
  basic: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
});
const actions = async (id: string) =>
  (
    await service.sql(
      "select action, actor_id, user_id from audit_log where detail->>'client_id' = $1 order by entry_id",
      [id],
    )
  ).map(({ action, actor_id, user_id }) => [action, actor_id === admin.userId, user_id]);
const topics = async (id: string) =>
  (
    await service.sql(
      "select topic, data from event_outbox where aggregate_type = 'client' and data->>'client_id' = $1 order by sequence",
      [id],
    )
  ).map(({ topic, data }) => [topic.split('.')[3], data.name, data.kind]);

describe('a client of an administrator', () => {
  it('S54: is made, shown, changed and removed, with an event and an audit entry of each', async () => {
    const answer = await post({ ...wiki, logo_uri: null });
    expect(answer.status).toBe(201);
    const { client_secret, ...shown } = answer.body;
    expect(client_secret).toMatch(/^cs_[\w-]{43}$/);
    expect(shown).toMatchObject({
      client_id: expect.stringMatching(/^c_[\w-]{22}$/),
      ...wiki,
      source: 'command',
      audiences: [shown.client_id],
      grants: ['authorization_code', 'refresh_token'],
      secrets: [{ secret_id: expect.any(String) }],
    });
    const id = shown.client_id;
    expect((await get(`/${id}`)).body).toEqual(shown);

    const changed = await put(id, { ...shown, name: 'Our wiki' });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({ ...shown, name: 'Our wiki', updated_at: expect.any(String) });
    expect((await put(id, changed.body)).body.updated_at).toBe(changed.body.updated_at);

    expect((await remove(id)).status).toBe(204);
    for (const { status } of [await get(`/${id}`), await put(id, wiki), await remove(id)]) expect(status).toBe(404);
    const all = ['created', 'changed', 'removed'];
    expect(await actions(id)).toEqual(all.map((what) => [`client.${what}`, true, null]));
    expect((await topics(id)).map(([what]) => what)).toEqual(all);
  });

  it('S85: is changed with a second factor of these minutes alone', async () => {
    const stale = await makeAdmin(service, await registerAndLogin(service));
    const { client_id: id } = await made();
    await raise(service, stale, 301);
    const at = `${path}/${id}`;
    for (const { status, body } of [
      await service.post(path, wiki, stale.bearer),
      await service.put(at, { ...wiki, name: 'Other' }, stale.bearer),
      await service.post(`${at}/secrets`, undefined, stale.bearer),
      await service.delete(`${at}/secrets/${newId()}`, undefined, stale.bearer),
      await service.delete(at, undefined, stale.bearer),
    ]) {
      expect([status, body.code]).toEqual([403, 'REAUTHENTICATION_REQUIRED']);
      expect(body).toMatchObject({ acr_values: 'urn:identity:acr:2', max_age: 300 });
    }
    expect((await service.get(at, stale.bearer)).status).toBe(200);
    expect((await actions(id)).length).toBe(1);
  });

  it('S21: has its secret shown once, and nowhere else', async () => {
    const { client_id: id, client_secret: secret } = await made();
    for (const { body } of [await get(`/${id}`), await get()]) expect(JSON.stringify(body)).not.toContain(secret);
    expect(await service.dump()).not.toContain(secret);
  });

  it('is given a secret when it shows one from now on, and loses them when it does no longer', async () => {
    const keyed = { kind: 'machine', name: 'Job', jwks_uri: 'https://job.example/jwks.json' };
    const { client_id: id, client_secret, secrets } = await made(keyed);
    expect([client_secret, secrets]).toEqual([undefined, []]);
    const { body } = await put(id, { kind: 'machine', name: 'Job' });
    expect(body.secrets).toHaveLength(1);
    expect((await token(id, body.client_secret)).status).toBe(200);
    expect((await put(id, { kind: 'machine', name: 'Other' })).body).not.toHaveProperty('client_secret');
    expect((await put(id, keyed)).body.secrets).toEqual([]);
  });

  it('names each fault by its field, and makes nothing', async () => {
    const { status, body } = await post({ ...wiki, name: '', redirect_uris: ['http://wiki.example/'], pkce: 'never' });
    expect([status, body.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/pkce']);
    const second = await post({ ...wiki, name: '', redirect_uris: ['http://wiki.example/'] });
    expect(second.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/name',
      '/redirect_uris/0',
    ]);
    const { length } = (await get()).body.clients;
    expect((await post({ kind: 'robot' })).status).toBe(400);
    expect((await get()).body.clients).toHaveLength(length);
  });

  it('may have as much as fits a row of the Data API, and no more', async () => {
    const uris = (count: number) =>
      Array.from({ length: count }, (_, n) => `https://a.example/${n}${'a'.repeat(1_900)}`);
    const { client_id: id } = await made({ ...wiki, redirect_uris: uris(16) });
    expect((await get(`/${id}`)).body.redirect_uris).toHaveLength(16);
    const { status, body } = await post({ ...wiki, redirect_uris: uris(18) });
    expect([status, body.errors]).toEqual([400, [{ pointer: '', detail: 'must be at most 32768 bytes in all' }]]);
  });

  it('S76: has no client that gets ID tokens among its audiences', async () => {
    const { client_id: signsIn } = await made();
    const { status, body } = await post({ kind: 'machine', name: 'Job', audiences: [signsIn] });
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
    const api = await newClient(service, 'machine');
    expect((await post({ kind: 'machine', name: 'Job', audiences: [api.clientId] })).status).toBe(201);
  });
});

it('lists clients in pages, each once', async () => {
  for (let n = 0; n < 3; n++) await made({ kind: 'machine', name: `Job ${n}` });
  const seen: string[] = [];
  let next = '';
  do {
    const { status, body } = await get(`?limit=2${next && `&cursor=${next}`}`);
    expect(status).toBe(200);
    expect(body.clients.length).toBeLessThanOrEqual(2);
    seen.push(...body.clients.map(({ client_id }: { client_id: string }) => client_id));
    next = body.next_cursor ?? '';
  } while (next);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBe((await service.sql('select from clients')).length);
  expect((await get('?cursor=a%00')).status).toBe(400);
});

describe('secrets', () => {
  it('S77: are two while one takes the place of the other, and one that is dropped is refused', async () => {
    const { client_id: id, client_secret: first, secrets } = await made({ kind: 'machine', name: 'Job' });
    const second = (await post(undefined, `/${id}/secrets`)).body;
    for (const secret of [first, second.client_secret]) expect((await token(id, secret)).status).toBe(200);
    expect((await get(`/${id}`)).body.secrets).toEqual([
      { secret_id: second.secret_id, created_at: second.created_at },
      ...secrets,
    ]);
    const third = (await post(undefined, `/${id}/secrets`)).body;
    expect((await remove(`${id}/secrets/${secrets[0].secret_id}`)).status).toBe(404);
    expect((await remove(`${id}/secrets/${second.secret_id}`)).status).toBe(204);
    // What functions remember of it is a minute old at most.
    service.setClockOffset(61);
    expect((await token(id, second.client_secret)).status).toBe(401);
    expect((await token(id, third.client_secret)).status).toBe(200);
    service.setClockOffset(0);
    const last = await remove(`${id}/secrets/${third.secret_id}`);
    expect([last.status, last.body.code]).toEqual([409, 'CONFLICT']);
    expect((await topics(id)).map(([, name, kind]) => [name, kind])).toEqual(Array(4).fill(['Job', 'machine']));
    expect((await actions(id)).map(([action]) => action)).toEqual([
      'client.created',
      ...Array(3).fill('client.changed'),
    ]);
  });

  it('are none of a client that shows none', async () => {
    const { client_id: id } = await made({ ...wiki, kind: 'public' });
    expect((await post(undefined, `/${id}/secrets`)).body.code).toBe('CONFLICT');
  });
});

it('ends what a client was given when it is removed', async () => {
  const person = await registerAndLogin(service);
  const { client_id: clientId, client_secret: secret } = await made();
  const client = { ...basicOf(clientId, secret), redirectUri: 'https://wiki.example/callback' };
  const { body } = await exchange(service, client, await newCode(service, person, client));
  expect((await remove(clientId)).status).toBe(204);
  expect((await service.get('/oauth/userinfo', { authorization: `Bearer ${body.access_token}` })).status).toBe(401);
  const [session] = await service.sql('select revoked_reason from sessions where client_id = $1', [clientId]);
  expect(session).toEqual({ revoked_reason: 'admin' });
});

it('leaves clients of the settings as the settings have them, and shows them', async () => {
  const world = { own: 'settings' } as unknown as World;
  const id = clientOf(world);
  const ofSettings = { ...toSave(world), source: 'settings' } as const;
  await saveClient(await databaseOf(service), 'settings', ofSettings, 'either', contextAt(new Date()));
  expect((await get(`/${id}`)).body).toMatchObject({ client_id: id, source: 'settings' });
  for (const { status, body } of [await put(id, wiki), await post(undefined, `/${id}/secrets`), await remove(id)]) {
    expect([status, body.code]).toEqual([409, 'CONFLICT']);
  }
});

it.each(['nobody', 'a%00b', "'; drop table clients; --", 'c_%2e%2e', 'x'.repeat(101)])(
  'answers 404 for a client that does not exist (%s)',
  async (id) => {
    expect((await get(`/${encodeURIComponent(id)}`)).status).toBe(404);
    expect((await remove(`${encodeURIComponent(id)}/secrets/${admin.userId}`)).status).toBe(404);
  },
);

it.each([
  [false, 403],
  [true, 200],
])(
  'S76: what an administrator lets an application do, is for the own account: first-party %s, %i',
  async (first_party, status) => {
    const scope = ['openid', 'account'] as const;
    const client = await newClient(service, 'public', { first_party, scopes: scope, audiences: ['huleedu-platform'] });
    const code = await newCode(service, admin, client, { scope });
    await service.sql("update authorization_codes set level_at = now(), level_until = now() + interval '1 hour'");
    const tokens = await exchange(service, client, code);
    const bearer = { authorization: `Bearer ${tokens.body.access_token}` };
    expect((await service.get('/v1/auth/me', bearer)).status).toBe(200);
    expect((await service.get(path, bearer)).status).toBe(status);
    expect((await service.get(`/v1/admin/users/${admin.userId}/audit`, bearer)).status).toBe(status);
    expect((await service.post(path, wiki, bearer)).status).toBe(first_party ? 201 : 403);
  },
);
