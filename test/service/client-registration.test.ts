/** Clients that register themselves: RFC 7591, RFC 7592. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientAggregate } from '../../functions/domain/client.ts';
import { registrationHash } from '../../functions/domain/client-registration.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { aggregateOf } from '../../functions/store/idle-clients.ts';
import { clientKey } from '../support/client-assertions.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { answered, authorizeQuery, ledTo, signedInBrowser } from '../support/oauth.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const MCP = 'https://mcp.example/mcp';
const agent = {
  client_name: 'Agent',
  redirect_uris: ['http://localhost:33418/callback'],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
};

let service: Service;
beforeAll(async () => {
  service = await sharedService({ registration: { clients: 'open', resources: [MCP] } });
});
afterAll(() => service.stop());

const register = (body: object, headers: Record<string, string> = {}) => service.post('/oauth/register', body, headers);
const made = async (more: object = {}) => (await register({ ...agent, ...more })).body;
const bearerOf = (registered: { registration_access_token: string }) => ({
  authorization: `Bearer ${registered.registration_access_token}`,
});
const own = ({ client_id }: { client_id: string }) => `/oauth/register/${client_id}`;
const row = async (id: string) => (await service.sql('select * from clients where client_id = $1', [id]))[0];

describe('a registration', () => {
  it('is answered with what was stored: defaults filled in, unknown fields dropped', async () => {
    const answer = await register({
      redirect_uris: ['https://agent.example/callback'],
      software_id: 'x',
      'client_name#sv': 'Agenten',
      contacts: ['ada@example.org'],
    });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { client_id, client_secret, registration_access_token, client_id_issued_at, ...stored } = answer.body;
    expect(client_id).toMatch(/^c_[\w-]{22}$/);
    expect(client_secret).toMatch(/^cs_[\w-]{43}$/);
    expect(registration_access_token).toMatch(/^rat_[\w-]{43}$/);
    expect(Math.abs(client_id_issued_at - Date.now() / 1000)).toBeLessThan(60);
    expect(stored).toEqual({
      ...{ client_secret_expires_at: 0, client_name: 'agent.example' },
      ...{ dpop_bound_access_tokens: false, require_pushed_authorization_requests: false },
      registration_client_uri: `${service.url}/oauth/register/${client_id}`,
      redirect_uris: ['https://agent.example/callback'],
      post_logout_redirect_uris: [],
      backchannel_logout_session_required: false,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      scope: 'openid profile email org offline_access',
    });
  });

  it('S76: is a third party, never with the scope `account`, and with PKCE, whatever it asks for', async () => {
    const { client_id, scope } = await made({
      ...{ scope: 'openid account admin', first_party: true, audiences: ['huleedu-platform'], pkce: 'optional' },
      ...{ require_auth_time: true, client_id: 'huleedu-platform' },
    });
    expect(scope).toBe('openid');
    expect(await row(client_id)).toMatchObject({
      ...{ source: 'registration', kind: 'public', first_party: false, pkce: 'required', scopes: ['openid'] },
      audiences: [client_id, MCP],
    });
  });

  it('drops grants beside its own: agents name each that they know of', async () => {
    const all = [...agent.grant_types, 'urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'];
    expect((await made({ grant_types: all })).grant_types).toEqual(agent.grant_types);
  });

  it.each([
    ['invalid_redirect_uri', { redirect_uris: ['http://agent.example/callback'] }],
    ['invalid_redirect_uri', { redirect_uris: ['https://agent.example/#x'] }],
    ['invalid_redirect_uri', { redirect_uris: ['javascript:alert(1)'] }],
    ['invalid_redirect_uri', { redirect_uris: [] }],
    ['invalid_redirect_uri', { redirect_uris: 'https://agent.example/' }],
    ['invalid_client_metadata', { grant_types: ['client_credentials'] }],
    ['invalid_client_metadata', { grant_types: ['implicit'] }],
    ['invalid_client_metadata', { response_types: ['token'] }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'tls_client_auth' }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'toString' }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['invalid_client_metadata', { subject_type: 'pairwise' }],
    ['invalid_client_metadata', { id_token_signed_response_alg: 'none' }],
    ['invalid_client_metadata', { client_name: 'Bank\u202e' }],
    ['invalid_client_metadata', { client_name: 'x'.repeat(61) }],
    ['invalid_client_metadata', { logo_uri: 'http://agent.example/logo.png' }],
    ['invalid_client_metadata', { jwks: { keys: [] }, jwks_uri: 'https://agent.example/jwks' }],
    ['invalid_client_metadata', { scope: 7 }],
  ])('%s: %j', async (error, wrong) => {
    const answer = await register({ ...agent, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { error, error_description: expect.any(String) } });
  });

  it('S77: with keys signs in by them, and has no secret', async () => {
    const { jwk } = await clientKey('one');
    const registered = await made({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    expect(registered).toMatchObject({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    expect(registered).not.toHaveProperty('client_secret');
  });

  it('S54: leaves an event and an audit entry, and no token in the database', async () => {
    const registered = await made();
    const { client_id: id, registration_access_token: token } = registered;
    expect(await service.sql("select action, detail from audit_log where detail->>'client_id' = $1", [id])).toEqual([
      { action: 'client.created', detail: { client_id: id, by: 'registration' } },
    ]);
    const events = await service.sql("select topic from event_outbox where data->>'client_id' = $1", [id]);
    expect(events).toEqual([{ topic: 'huleedu.identity.client.created.v1' }]);
    expect(JSON.stringify(await row(id))).not.toContain(token);
    expect((await row(id))?.registration_hash).toEqual(registrationHash(token));
  });

  it('S33: is shown to pages of the client that registers, and of no other', async () => {
    const shown = async (origin: string) =>
      (await register(agent, { origin })).headers.get('access-control-allow-origin');
    expect(await shown('http://localhost:5000')).toBe('http://localhost:5000');
    expect(await shown('https://evil.example')).toBeNull();
  });
});

describe('a client that has registered', () => {
  it('S76: is asked about, gets its code, and tokens for the resources of the setting alone', async () => {
    const person = await registerAndLogin(service);
    const browser = await signedInBrowser(service, person);
    const { client_id } = await made();
    const client = {
      clientId: client_id as ClientId,
      redirectUri: 'http://localhost:49152/callback',
      secret: '',
      basic: {},
    };
    const visit = (more: object) =>
      service.get(`/oauth/authorize?${authorizeQuery(client, { ...more })}`, browser.headers);
    expect(ledTo(await visit({ resource: MCP }))?.pathname).toBe('/consent');
    expect(answered(await visit({ resource: 'huleedu-platform' }))).toMatchObject({ error: 'invalid_target' });
    expect(answered(await visit({ code_challenge: undefined }))).toMatchObject({ error: 'invalid_request' });
    const code = await newCode(service, person, client, { resource: [MCP] });
    const tokens = await exchange(service, client, code, { resource: MCP });
    expect(tokens.status).toBe(200);
    const me = await service.get('/v1/auth/me', { authorization: `Bearer ${tokens.body.access_token}` });
    expect(me.status).toBe(401);
  });

  it('sees, replaces and removes what it registered by its own token', async () => {
    const registered = await made({
      token_endpoint_auth_method: 'client_secret_post',
      client_uri: 'https://a.example/',
    });
    const { client_secret, client_secret_expires_at: _, ...seen } = registered;
    const bearer = bearerOf(registered);
    const basic = { token_endpoint_auth_method: 'client_secret_basic' };
    expect(await service.get(own(registered), bearer)).toMatchObject({ status: 200, body: { ...seen, ...basic } });

    const { client_id } = registered;
    const change = { ...agent, ...basic, client_id, client_secret, client_name: 'Other' };
    const replaced = await service.put(own(registered), change, bearer);
    expect(replaced).toMatchObject({ status: 200, body: { client_id, client_name: 'Other' } });
    // What is left out is as usual again, and the secret stays.
    expect(replaced.body).not.toHaveProperty('client_uri');
    expect(replaced.body).not.toHaveProperty('client_secret');
    expect(await row(client_id)).toMatchObject({ name: 'Other', client_uri: null, source: 'registration' });
    const client = { clientId: client_id, basic: {} };
    const shows = { client_secret, grant_type: 'authorization_code', code: 'none' };
    expect((await formTo(service, '/oauth/token', client, shows)).body.error).toBe('invalid_grant');

    expect((await service.delete(own(registered), undefined, bearer)).status).toBe(204);
    for (const again of [service.get(own(registered), bearer), service.delete(own(registered), undefined, bearer)]) {
      const { status, body, headers } = await again;
      expect([status, body.error, headers.get('www-authenticate')]).toEqual([
        ...[401, 'invalid_token'],
        expect.stringMatching(/^Bearer error="invalid_token"/),
      ]);
    }
  });

  it('is given nothing of another, by another token, or by none', async () => {
    const [one, other] = [await made(), await made()];
    for (const headers of [bearerOf(other), { authorization: 'Bearer rat_x' }, {}]) {
      const change = { ...agent, client_id: one.client_id };
      const tries = [
        service.get(own(one), headers),
        service.put(own(one), change, headers),
        service.delete(own(one), undefined, headers),
      ];
      for (const { status, body } of await Promise.all(tries)) {
        expect([status, body.error]).toEqual([401, 'invalid_token']);
      }
    }
    expect(await row(one.client_id)).toMatchObject({ name: 'Agent' });
  });

  it('replaces itself under its own name and secret alone', async () => {
    const registered = await made({ token_endpoint_auth_method: 'client_secret_basic' });
    const { client_id } = registered;
    for (const wrong of [{ client_id: 'c_other' }, { client_id, client_secret: 'cs_other' }]) {
      const answer = await service.put(own(registered), { ...agent, ...wrong }, bearerOf(registered));
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    }
  });

  it('gets a secret when it shows one from now on, and loses it when it shows none', async () => {
    const registered = await made();
    const { client_id } = registered;
    const put = async (method: string) =>
      (
        await service.put(
          own(registered),
          { ...agent, client_id, token_endpoint_auth_method: method },
          bearerOf(registered),
        )
      ).body.client_secret;
    expect(await put('client_secret_basic')).toMatch(/^cs_/);
    expect(await put('client_secret_basic')).toBeUndefined();
    expect(await put('none')).toBeUndefined();
    expect(await service.sql('select from client_secrets where client_id = $1', [client_id])).toEqual([]);
  });

  it('goes when nobody has used it in its time, and stays as long again when somebody has', async () => {
    const [used, unused, young] = [await made(), await made(), await made()];
    const person = await registerAndLogin(service);
    await newCode(service, person, { clientId: used.client_id, redirectUri: '' });
    await service.sql("update clients set idle_at = now() - interval '1 second' where client_id = any ($1)", [
      [used.client_id, unused.client_id],
    ]);
    await service.runJob('sweep');
    expect(await row(unused.client_id)).toBeUndefined();
    expect((await row(used.client_id))?.idle_at.getTime()).toBeGreaterThan(Date.now() + 29 * 24 * 60 * 60 * 1000);
    expect(await row(young.client_id)).toBeDefined();
    // The event is of the aggregate that those before were of.
    const [event] = await service.sql(
      "select aggregate_id, sequence from event_outbox where topic like '%.client.removed.v1' and data->>'client_id' = $1",
      [unused.client_id],
    );
    expect(event).toEqual({ aggregate_id: clientAggregate(unused.client_id), sequence: '2' });
    const [sql] = await service.sql(`select ${aggregateOf('id')} as id from (values ('räksmörgås')) as v (id)`);
    expect(sql?.id).toBe(clientAggregate('räksmörgås' as ClientId));
  });
});
