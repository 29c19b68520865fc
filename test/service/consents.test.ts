/** What a person lets clients do, as a list, and taken back. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { authorizeQuery, consented, ledTo, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;

beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'public', { name: 'Essays', scopes: ['openid', 'email'] });
});
afterAll(() => service.stop());
beforeEach(async () => {
  person = await registerAndLogin(service);
});

const list = async (query = '') => (await service.get(`/v1/auth/consents${query}`, person.bearer)).body;
const withdraw = (consentId: string, by = person) =>
  service.delete(`/v1/auth/consents/${consentId}`, undefined, by.bearer);

it('lists them in pages, the newest first', async () => {
  const older = await consented(service, person, client, { scopes: ['openid', 'email'] });
  const newer = await consented(service, person, await newClient(service, 'public', { name: 'Maps' }));
  const first = await list('?limit=1');
  expect(first.consents).toMatchObject([{ consent_id: newer, client_name: 'Maps' }]);
  const second = await list(`?limit=1&cursor=${first.next_cursor}`);
  expect(second).toEqual({
    next_cursor: null,
    consents: [
      {
        consent_id: older,
        client_id: client.clientId,
        client_name: 'Essays',
        client_uri: null,
        scopes: ['openid', 'email'],
        resources: [],
        given_at: expect.stringMatching(/Z$/),
      },
    ],
  });
});

it('ends with a consent what the client has of the person: sessions, codes that wait, and nobody else’s', async () => {
  const other = await registerAndLogin(service);
  const ids: string[] = [];
  for (const who of [person, other]) {
    const consentId = await consented(service, who, client);
    const browser = await signedInBrowser(service, who);
    const asked = await service.get(`/oauth/authorize?${authorizeQuery(client)}`, browser.headers);
    expect(ledTo(asked)?.searchParams.get('code')).not.toBeNull();
    await service.sql(`update sessions set kind = 'client', client_id = $1, offline = true where session_id = $2`, [
      client.clientId,
      browser.sessionId,
    ]);
    ids.push(consentId);
  }
  expect((await withdraw(ids[0] ?? '')).status).toBe(204);
  expect((await list()).consents).toEqual([]);
  const codes = await service.sql('select user_id from authorization_codes where client_id = $1', [client.clientId]);
  expect(codes).toEqual([{ user_id: other.userId }]);
  const live = await service.sql(`select user_id from sessions where client_id = $1 and revoked_at is null`, [
    client.clientId,
  ]);
  expect(live).toEqual([{ user_id: other.userId }]);
  const audit = await service.sql(
    `select action, detail from audit_log where user_id = $1 and action like 'consent%'`,
    [person.userId],
  );
  expect(audit).toEqual([{ action: 'consent.withdrawn', detail: { client_id: client.clientId } }]);
  await service.runJob('relay-outbox', { drain: true });
  const events = service.events.events().map(({ detail }) => detail as { event_type: string; data: object });
  expect(events.filter(({ event_type }) => event_type === 'huleedu.identity.consent.withdrawn.v1')).toMatchObject([
    { data: { user_id: person.userId, client_id: client.clientId } },
  ]);
});

it('finds no consent of somebody else, and none twice', async () => {
  const other = await registerAndLogin(service);
  const theirs = await consented(service, other, client);
  for (const id of [theirs, randomUUID(), 'x']) expect((await withdraw(id)).status).toBe(404);
  expect((await withdraw(theirs, other)).status).toBe(204);
  expect((await withdraw(theirs, other)).status).toBe(404);
});
