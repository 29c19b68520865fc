/** Clients whose id is the address of a document: draft-ietf-oauth-client-id-metadata-document. */
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ASSERTION_TYPE } from '../../functions/domain/client-credentials.ts';
import type { ClientId } from '../../functions/domain/ids.ts';
import { clientKey } from '../support/client-assertions.ts';
import { exchange, formTo, newCode, refresh } from '../support/grants.ts';
import { answered, authorizeQuery, consented, ledTo, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { startTheirServer, type TheirServer } from '../support/their-server.ts';

const REDIRECT = 'https://agent.example/callback';
const MCP = 'https://mcp.example/mcp';

let service: Service;
let theirs: TheirServer;
let origin: string;
let person: Person;
let headers: { readonly cookie: string };

beforeAll(async () => {
  theirs = await startTheirServer();
  ({ origin } = theirs);
  // A service of its own, as no other may fetch from this machine.
  service = await startService({
    fetchAllow: new URL(origin).host,
    settings: { registration: { documents: true, resources: [MCP] } },
  });
  person = await registerAndLogin(service);
  ({ headers } = await signedInBrowser(service, person));
});
afterAll(async () => {
  await service?.stop();
  theirs?.close();
});
beforeEach(() => {
  theirs.asked = [];
  service.setClockOffset(0);
});

let clients = 0;
const newId = () => `${origin}/clients/${++clients}` as ClientId;
const documentOf = (client_id: string, more: object = {}) => ({
  ...{ client_id, client_name: 'Agent', redirect_uris: [REDIRECT] },
  ...more,
});
const sends =
  (body: object | string, more: Record<string, string> = {}, status = 200): RequestListener =>
  (_, response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...more })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
const clientOf = (clientId: ClientId, redirectUri = REDIRECT) => ({ clientId, redirectUri, secret: '', basic: {} });
const visit = (clientId: string, more: object = {}) =>
  service.get(`/oauth/authorize?${authorizeQuery(clientOf(clientId as ClientId), { ...more })}`, headers);
/** The client that its document has made of it. */
async function known(
  more: Readonly<Record<string, unknown>> = {},
  header: Record<string, string> = {},
): Promise<ClientId> {
  const id = newId();
  theirs.answer = sends(documentOf(id, more), header);
  const [redirect_uri = REDIRECT] = (more.redirect_uris ?? []) as string[];
  expect(ledTo(await visit(id, { redirect_uri }))?.pathname).toBe('/consent');
  return id;
}
const row = async (id: string) => (await service.sql('select * from clients where client_id = $1', [id]))[0];
const HOURS = 60 * 60;

describe('a document', () => {
  it('S76: makes a client that is a third party, and asks for consent with its own host', async () => {
    const id = await known({ scope: 'openid email account', first_party: true, logo_uri: null });
    expect(await row(id)).toMatchObject({
      ...{ source: 'document', kind: 'public', first_party: false, pkce: 'required', scopes: ['openid', 'email'] },
      audiences: [id, MCP],
    });
    const page = await service.get(`${(await visit(id)).headers.get('location')}`, headers);
    expect(page.body).toContain(`<span class="soft small">${new URL(origin).host}</span>`);
    expect(answered(await visit(id, { code_challenge: undefined }))).toMatchObject({ error: 'invalid_request' });
    expect(await service.sql("select detail from audit_log where detail->>'client_id' = $1", [id])).toEqual([
      { detail: { client_id: id, by: 'document' } },
    ]);
  });

  it('is read once while it is fresh, and again when it is not', async () => {
    const id = await known({}, { 'cache-control': `max-age=${2 * HOURS}` });
    await visit(id);
    expect(theirs.asked).toHaveLength(1);
    service.setClockOffset(2 * HOURS + 60);
    ({ headers } = await signedInBrowser(service, person, { at: new Date(Date.now() + 2 * HOURS * 1000) }));
    await visit(id);
    expect(theirs.asked).toHaveLength(2);
    await visit(id);
    expect(theirs.asked).toHaveLength(2);
    service.setClockOffset(0);
    ({ headers } = await signedInBrowser(service, person));
  });

  it('S78: is not taken with a fault, and no fault is kept', async () => {
    const id = newId();
    const faults: RequestListener[] = [
      sends({ ...documentOf(id), client_id: `${id}/` }),
      sends({ ...documentOf(id), client_id: undefined }),
      sends(documentOf(id, { client_secret: 'x' })),
      sends(documentOf(id, { token_endpoint_auth_method: 'client_secret_basic' })),
      sends(documentOf(id, { token_endpoint_auth_method: 'private_key_jwt' })),
      sends(documentOf(id, { redirect_uris: ['http://agent.example/'] })),
      sends(documentOf(id, { redirect_uris: 'x' })),
      sends(documentOf(id, { client_name: 'A\u0000' })),
      sends(documentOf(id, { padding: 'x'.repeat(5 * 1024) })),
      sends(documentOf(id), { 'content-type': 'text/html' }),
      sends(documentOf(id), { location: `${origin}/elsewhere` }, 302),
      sends(documentOf(id), {}, 404),
      sends('{'),
    ];
    for (const [index, fault] of faults.entries()) {
      theirs.answer = fault;
      // Whoever comes within some seconds has the same answer.
      service.setClockOffset(index * 6);
      const { status, body } = await visit(id);
      expect([index, status, body.includes('client_id')]).toEqual([index, 400, true]);
    }
    expect(theirs.asked).toHaveLength(faults.length);
    expect(theirs.asked).not.toContain('/elsewhere');
    expect(await row(id)).toBeUndefined();
    theirs.answer = sends(documentOf(id));
    service.setClockOffset(faults.length * 6);
    expect(ledTo(await visit(id))?.pathname).toBe('/consent');
  });

  it('S78: is waited for no longer than some seconds; one that is known is then to be asked for later', async () => {
    const id = newId();
    theirs.answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    expect([(await visit(id)).status, await row(id)]).toEqual([400, undefined]);
    const old = await known();
    theirs.answer = sends('', {}, 500);
    service.setClockOffset(25 * HOURS);
    expect([(await visit(old)).status, (await visit(newId())).status]).toEqual([503, 400]);
  });

  it.each([
    ...['https://127.0.0.1/c', 'https://2130706433/c', 'https://0x7f000001/c', 'https://[::1]/c', 'https://10.0.0.7/c'],
    ...['https://[::ffff:169.254.169.254]/c', 'https://169.254.169.254/latest/meta-data', 'https://localhost/c'],
    ...['http://127.0.0.1:1/c', 'http://agent.example/c', 'https://user@agent.example/c', 'https://agent.example/../c'],
  ])('S78: is not asked for at %s', async (id) => {
    const { status, body } = await visit(id);
    expect([status, body.includes('client_id')]).toEqual([400, true]);
    expect(await row(id)).toBeUndefined();
    expect(theirs.asked).toEqual([]);
  });

  it('S76: of which something changed is asked about again', async () => {
    const id = await known();
    await consented(service, person, clientOf(id), { scopes: ['openid'] });
    expect(answered(await visit(id))).toHaveProperty('code');
    service.setClockOffset(2 * HOURS);
    ({ headers } = await signedInBrowser(service, person, { at: new Date(Date.now() + 2 * HOURS * 1000) }));
    expect(answered(await visit(id))).toHaveProperty('code');
    theirs.answer = sends(documentOf(id, { redirect_uris: [REDIRECT, 'https://agent.example/other'] }));
    service.setClockOffset(4 * HOURS);
    ({ headers } = await signedInBrowser(service, person, { at: new Date(Date.now() + 4 * HOURS * 1000) }));
    expect(ledTo(await visit(id))?.pathname).toBe('/consent');
    service.setClockOffset(0);
    ({ headers } = await signedInBrowser(service, person));
  });
});

describe('documents', () => {
  it('are named by discovery where they are on, and are not asked for where they are off', async () => {
    const discovery = async (of: Service) => (await of.get('/.well-known/openid-configuration')).body;
    expect(await discovery(service)).toMatchObject({ client_id_metadata_document_supported: true });
    const closed = await sharedService();
    expect(await discovery(closed)).not.toHaveProperty('client_id_metadata_document_supported');
    const query = authorizeQuery(clientOf('https://agent.example/c' as ClientId));
    expect((await closed.get(`/oauth/authorize?${query}`)).status).toBe(400);
  });

  it('S9: that are new are counted as registrations are, and those that are known are not', async () => {
    const limited = await startService({
      fetchAllow: new URL(origin).host,
      settings: {
        rateLimiting: 'on',
        rateLimits: { registrationPerIp: { limit: 1 } },
        registration: { documents: true },
      },
    });
    theirs.answer = (request, response) => sends(documentOf(`${origin}${request.url}`))(request, response);
    const come = async (id: ClientId) => (await limited.get(`/oauth/authorize?${authorizeQuery(clientOf(id))}`)).status;
    const [one, two] = [newId(), newId()];
    expect([await come(one), await come(two), await come(one)]).toEqual([303, 429, 303]);
    expect(theirs.asked).toHaveLength(1);
    await limited.stop();
  });
});

describe('a client that is a document', () => {
  it('exchanges its code, for the resources of the setting, and refreshes', async () => {
    const grant_types = ['authorization_code', 'refresh_token'];
    const id = await known({ grant_types, redirect_uris: ['http://localhost/callback'] });
    const client = clientOf(id, 'http://localhost:49152/callback');
    const code = await newCode(service, person, client, { resource: [MCP] });
    const { status, body } = await exchange(service, client, code, { resource: MCP });
    expect(status).toBe(200);
    expect(await refresh(service, client, body.refresh_token)).toMatchObject({ status: 200 });
  });

  it('S77: shows who it is by the keys of its document as it is now', async () => {
    const [one, two] = [await clientKey('one'), await clientKey('two')];
    const withKey = ({ jwk }: typeof one) => ({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    const id = await known(withKey(one));
    const tries = async (key: typeof one, later = 0) => {
      const iat = Math.floor(Date.now() / 1000) + later;
      const client_assertion = await key.sign(id, service.url, { iat, exp: iat + 60 });
      const shows = { client_assertion, client_assertion_type: ASSERTION_TYPE };
      const sent = { grant_type: 'authorization_code', code: 'none', ...shows };
      return (await formTo(service, '/oauth/token', clientOf(id), sent)).body.error;
    };
    expect([await tries(one), await tries(two)]).toEqual(['invalid_grant', 'invalid_client']);
    theirs.answer = sends(documentOf(id, withKey(two)));
    await service.sql("update clients set fresh_until = now() - interval '1 second' where client_id = $1", [id]);
    service.setClockOffset(120);
    expect([await tries(two, 120), await tries(one, 120)]).toEqual(['invalid_grant', 'invalid_client']);
  });

  it('S78: is read by no other endpoint before a browser has come with it', async () => {
    const id = newId();
    theirs.answer = sends(documentOf(id));
    const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
    expect(await formTo(service, '/oauth/token', clientOf(id), fields)).toMatchObject({ status: 401 });
    expect(theirs.asked).toEqual([]);
  });

  it('goes a day later when nobody has used it', async () => {
    const [unused, used] = [await known(), await known()];
    await consented(service, person, clientOf(used));
    service.setClockOffset(25 * HOURS);
    await service.runJob('sweep');
    expect([await row(unused), (await row(used))?.client_id]).toEqual([undefined, used]);
  });
});
