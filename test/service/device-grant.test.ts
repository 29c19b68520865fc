/** The grant of devices without a browser: RFC 8628. What the person sees is device-page.test.ts. */

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEVICE_GRANT } from '../../functions/domain/device-code.ts';
import type { Answer } from '../support/answer.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { askForDevice, browserOf, type Device, letIn, newDevice, newTool, poll } from '../support/devices.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { exchange, formTo, refresh } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service);
  client = await newTool(service);
});

const errorOf = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  return [status, body.error];
};
/** A device that the person has let in. */
async function allowed(fields = {}, headers = {}): Promise<Device> {
  const device = await newDevice(service, client, fields, headers);
  await letIn(await browserOf(service, person), device);
  return device;
}
const liveSessions = () =>
  service.sql(`select * from sessions where client_id = $1 and revoked_at is null`, [client.clientId]);

describe('asking for codes', () => {
  it('answers one for the device, one for the person, and where that is typed', async () => {
    const { status, body, headers } = await askForDevice(service, client);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${service.url}/device`,
      verification_uri_complete: `${service.url}/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    const kept = JSON.stringify(await service.sql('select * from device_codes'));
    expect(kept).not.toContain(body.device_code);
  });

  it('is for clients that have the grant, and resources that are theirs', async () => {
    const other = await newClient(service, 'public');
    expect(await errorOf(askForDevice(service, other))).toEqual([400, 'unauthorized_client']);
    expect(await errorOf(askForDevice(service, client, { resource: 'https://elsewhere.example' }))).toEqual([
      400,
      'invalid_target',
    ]);
    const unknown = { ...client, clientId: 'c_unknown' as TestClient['clientId'] };
    expect(await errorOf(askForDevice(service, unknown))).toEqual([401, 'invalid_client']);
    const confidential = await newTool(service, { kind: 'confidential' } as never);
    expect((await askForDevice(service, confidential)).status).toBe(200);
  });

  it('takes another code where a device has it already', async () => {
    const devices = await Promise.all(Array.from({ length: 5 }, () => newDevice(service, client)));
    expect(new Set(devices.map(({ user_code }) => user_code)).size).toBe(5);
  });
});

describe('polling', () => {
  it('waits for the person, then gives tokens as a code does', async () => {
    const device = await newDevice(service, client, { scope: 'openid email account' });
    expect(await errorOf(poll(service, client, device))).toEqual([400, 'authorization_pending']);
    await letIn(await browserOf(service, person), device);
    const { status, body } = await poll(service, client, device);
    expect([status, body.token_type, body.scope]).toEqual([200, 'Bearer', 'openid email']);
    const access = decodeJwt(body.access_token);
    expect(access).toMatchObject({ sub: person.userId, client_id: client.clientId, acr: 'urn:identity:acr:1' });
    expect(decodeJwt(body.id_token)).toMatchObject({
      ...{ sub: person.userId, aud: client.clientId, auth_time: access.auth_time, acr: access.acr, amr: access.amr },
    });
    expect((await refresh(service, client, body.refresh_token)).status).toBe(200);
    const audit = await service.sql(`select action from audit_log where user_id = $1 and action like '%granted'`, [
      person.userId,
    ]);
    expect(audit.map(({ action }) => action)).toEqual(['consent.granted', 'session.granted']);
  });

  it('S81: works once, and 20 questions at once get one session', async () => {
    const device = await allowed();
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(service, client, device)));
    const [right, ...others] = answers.sort((a, b) => a.status - b.status);
    expect(right?.status).toBe(200);
    for (const { status, body } of others) expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(await errorOf(poll(service, client, device))).toEqual([400, 'invalid_grant']);
    expect(await liveSessions()).toHaveLength(1);
    expect((await refresh(service, client, right?.body.refresh_token)).status).toBe(200);
  });

  it('has to be slower by five seconds more after each question that came too soon', async () => {
    const device = await newDevice(service, client);
    const ask = () => errorOf(poll(service, client, device));
    expect(await ask()).toEqual([400, 'authorization_pending']);
    expect(await ask()).toEqual([400, 'slow_down']);
    service.setClockOffset(6);
    expect(await ask()).toEqual([400, 'slow_down']);
    service.setClockOffset(6 + 15);
    expect(await ask()).toEqual([400, 'authorization_pending']);
    // That it was too fast before keeps nobody out who is let in.
    await letIn(await browserOf(service, person), device);
    expect((await poll(service, client, device)).status).toBe(200);
  });

  it('ends after ten minutes, allowed or not', async () => {
    const devices = [await newDevice(service, client), await allowed()];
    service.setClockOffset(601);
    for (const device of devices) {
      expect(await errorOf(poll(service, client, device))).toEqual([400, 'expired_token']);
    }
    expect(await liveSessions()).toEqual([]);
  });

  it('is for the client that asked, with what it was given and no more', async () => {
    const device = await allowed();
    const other = await newTool(service);
    expect(await errorOf(poll(service, other, device))).toEqual([400, 'invalid_grant']);
    expect(await errorOf(poll(service, client, { device_code: 'x' }))).toEqual([400, 'invalid_grant']);
    expect(await errorOf(formTo(service, '/oauth/token', client, { grant_type: DEVICE_GRANT }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(await errorOf(poll(service, client, device, { resource: 'https://elsewhere.example' }))).toEqual([
      400,
      'invalid_target',
    ]);
    expect((await poll(service, client, device)).status).toBe(200);
  });

  it("S75: takes no device's code for one of a browser, nor the reverse", async () => {
    const both = await newClient(service, 'public', { grants: ['authorization_code', DEVICE_GRANT] });
    const device = await newDevice(service, both);
    await letIn(await browserOf(service, person), device);
    const asCode = { code: device.device_code, grant_type: 'authorization_code' };
    expect(await errorOf(formTo(service, '/oauth/token', both, asCode))).toEqual([400, 'invalid_grant']);
    expect(await errorOf(exchange(service, both, device.device_code))).toEqual([400, 'invalid_grant']);
    expect((await poll(service, both, device)).status).toBe(200);
  });
});

describe('a client with rules of its own', () => {
  it('that has to push its requests has a device let in all the same: the request is not of the browser', async () => {
    client = await newTool(service, { par: 'required' });
    const device = await allowed();
    expect((await poll(service, client, device)).status).toBe(200);
  });

  it('S80: that has to prove a key proves it when the device asks, and its session is bound', async () => {
    client = await newTool(service, { dpop: 'required' });
    const [key, other] = [await proofKey(), await proofKey()];
    const proven = async (by: ProofKey) => ({ dpop: await by.proof('POST', `${service.url}/oauth/token`) });
    const device = await newDevice(service, client);
    const ask = (headers = {}) =>
      formTo(service, '/oauth/token', client, { grant_type: DEVICE_GRANT, device_code: device.device_code }, headers);
    const proof = await proven(key);
    expect(await errorOf(ask(proof))).toEqual([400, 'authorization_pending']);
    await letIn(await browserOf(service, person), device);
    expect(await errorOf(ask())).toEqual([400, 'invalid_dpop_proof']);
    expect(await errorOf(ask(proof))).toEqual([400, 'invalid_dpop_proof']);
    const { status, body } = await ask(await proven(key));
    expect([status, body.token_type, decodeJwt(body.access_token).cnf]).toEqual([200, 'DPoP', { jkt: key.jkt }]);
    const again = async (headers: Record<string, string>) =>
      (await refresh(service, client, body.refresh_token, {}, headers)).status;
    expect([await again({}), await again(await proven(other)), await again(await proven(key))]).toEqual([
      400, 400, 200,
    ]);
  });
});

describe('what a person has allowed', () => {
  it('ends with a change of the password before the device asks', async () => {
    const device = await allowed();
    const { body } = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    const changed = await service.post(
      '/v1/auth/change-password',
      { current_password: person.password, new_password: 'another correct horse battery' },
      { authorization: `Bearer ${body.access_token}` },
    );
    expect(changed.status).toBe(204);
    expect(await errorOf(poll(service, client, device))).toEqual([400, 'invalid_grant']);
  });

  it('ends when the consent is taken back: the device is refused', async () => {
    const device = await allowed();
    const [consent] = (await service.get('/v1/auth/consents', person.bearer)).body.consents;
    await service.delete(`/v1/auth/consents/${consent.consent_id}`, undefined, person.bearer);
    expect(await errorOf(poll(service, client, device))).toEqual([400, 'access_denied']);
  });

  it("is a session of the device, by the device's own name and address", async () => {
    const device = await allowed({}, { 'user-agent': 'Mozilla/5.0 (X11; Linux aarch64) Firefox/150.0' });
    await poll(service, client, device);
    const visit = await browserOf(service, person);
    const { body } = await visit.open('/account/sessions');
    expect(body).toContain('Application: Essay tool');
    expect(body).toContain('Firefox on Linux');
    const [session] = await liveSessions();
    expect(session).toMatchObject({
      device_name: null,
      user_agent: expect.stringContaining('aarch64'),
      offline: false,
    });
  });

  it("S76: is over with the browser's session, unless offline_access outlives that", async () => {
    const tools = [await newTool(service), await newTool(service)];
    const browser = await browserOf(service, person);
    const tokens = [];
    for (const [index, tool] of tools.entries()) {
      const device = await newDevice(service, tool, { scope: index === 0 ? 'openid' : 'openid offline_access' });
      await letIn(browser, device);
      tokens.push((await poll(service, tool, device)).body.refresh_token);
    }
    await service.sql(
      `update sessions set revoked_at = now(), revoked_reason = 'logout' where kind = 'browser' and user_id = $1`,
      [person.userId],
    );
    const statuses = await Promise.all(
      tokens.map(async (token, n) => (await refresh(service, tools[n] as TestClient, token)).status),
    );
    expect(statuses).toEqual([400, 200]);
  });
});
