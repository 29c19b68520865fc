/** A code is exchanged once, by whom it was made for. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, newBrowser, newCode, refresh, verifier } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let app: TestClient;
let backend: TestClient;
const scopes = ['openid', 'email', 'offline_access'];

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  app = await newClient(service, 'public', { scopes });
  backend = await newClient(service, 'confidential', { scopes });
});
afterAll(() => service.stop());

const invalid = { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) };
const sessionsOfClients = () =>
  service.sql("select session_id, revoked_at, revoked_reason from sessions where kind = 'client'");

describe('S75: a code', () => {
  it('of another client, with another URI or verifier, late or made up, gives nothing, and nothing is used up', async () => {
    const code = await newCode(service, person, app);
    const other = await newClient(service, 'public', { scopes });
    const before = await sessionsOfClients();
    const tries: [TestClient, string, Record<string, string>][] = [
      [other, code, { redirect_uri: app.redirectUri }],
      [backend, code, {}],
      [app, code, { redirect_uri: `${app.redirectUri}/` }],
      [app, code, { redirect_uri: '' }],
      [app, code, { code_verifier: `${verifier.slice(0, -1)}X` }],
      [app, code, { code_verifier: '' }],
      [app, `${code.slice(0, -1)}_`, {}],
      [app, await newCode(service, person, app, { expiresIn: -1 }), {}],
      // RFC 9700 §4.8.2: a verifier for a code without a challenge is a downgrade.
      [app, await newCode(service, person, app, { challenge: null }), {}],
    ];
    for (const [client, tried, more] of tries)
      expect(await exchange(service, client, tried, more)).toMatchObject(invalid);
    expect(await sessionsOfClients()).toEqual(before);
    expect((await exchange(service, app, code)).status).toBe(200);
  });

  it('is worth nothing after the browser’s session has ended, or the password changed', async () => {
    const browser = await newBrowser(service, person);
    const code = await newCode(service, person, app, { browser });
    await service.sql("update sessions set revoked_at = now(), revoked_reason = 'logout' where session_id = $1", [
      browser.sessionId,
    ]);
    expect(await exchange(service, app, code)).toMatchObject(invalid);
    const older = await newCode(service, person, app);
    await service.sql('update authorization_codes set password_epoch = -1 where used_at is null');
    expect(await exchange(service, app, older)).toMatchObject(invalid);
  });

  it('that is right, used a second time, ends what the first use gave, with an event', async () => {
    const code = await newCode(service, person, app, { scope: ['openid', 'offline_access'] });
    const first = (await exchange(service, app, code)).body;
    const sid = decodeJwt(first.access_token).sid as string;
    // Wrong in anything, it ends nothing.
    expect(await exchange(service, app, code, { code_verifier: `${verifier}x` })).toMatchObject(invalid);
    const live = await service.sql('select from sessions where session_id = $1 and revoked_at is null', [sid]);
    expect(live).toHaveLength(1);
    // Also when it is late: whoever has a code of an hour ago has it from somewhere.
    await service.sql('update authorization_codes set expires_at = now() where session_id = $1', [sid]);
    expect(await exchange(service, app, code)).toMatchObject(invalid);
    const [row] = await service.sql('select revoked_reason from sessions where session_id = $1', [sid]);
    expect(row).toEqual({ revoked_reason: 'reuse_detected' });
    const events = await service.sql(
      "select topic, data ->> 'reason' as reason from event_outbox where data ->> 'session_id' = $1",
      [sid],
    );
    expect(events).toEqual([{ topic: 'huleedu.identity.session.revoked.v1', reason: 'reuse_detected' }]);
    expect(await refresh(service, app, first.refresh_token)).toMatchObject(invalid);
  });

  it('exchanged 50 times at once gives one session, which the second use ends', async () => {
    const browser = await newBrowser(service, person);
    const code = await newCode(service, person, app, { browser });
    const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(service, app, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400]));
    const opened = await service.sql('select revoked_reason from sessions where browser_session_id = $1', [
      browser.sessionId,
    ]);
    expect(opened).toEqual([{ revoked_reason: 'reuse_detected' }]);
  });
});
