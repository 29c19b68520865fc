/** Status lists: services that read them see within seconds that a session has ended, and ask nobody. */
import { inflateSync } from 'node:zlib';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { tokenTypes } from '../../functions/domain/client-credentials.ts';
import { type Verify, verifier } from '../../functions/packages/verify/index.ts';
import { newClient } from '../support/clients.ts';
import { exchange, formTo, newBrowser, newCode, refresh } from '../support/grants.ts';
import { makeAdmin } from '../support/organizations.ts';
import { login, type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let person: Person;
let verify: Verify;

beforeAll(async () => {
  service = await startService({ settings: { statusListSeconds: 1 } });
  verify = verifier({ issuer: service.url, audience: 'huleedu-platform', statusLists: true });
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  person = await registerAndLogin(service);
});

interface Reference {
  readonly idx: number;
  readonly uri: string;
}
const referenceIn = (token: string) =>
  (decodeJwt(token).status as { readonly status_list: Reference } | undefined)?.status_list;

/** As the draft has it, by jose and zlib alone. */
async function listAt(uri: string) {
  const response = await fetch(uri, { headers: { accept: 'application/statuslist+jwt' } });
  const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(await response.text(), keys, { typ: 'statuslist+jwt', subject: uri });
  const { bits, lst } = payload.status_list as { readonly bits: number; readonly lst: string };
  const bytes = inflateSync(Buffer.from(lst, 'base64url'));
  return {
    response,
    payload,
    bits,
    size: bytes.length * 8,
    statusOf: ({ idx }: Reference) => ((bytes[idx >> 3] ?? 0) >> (idx & 7)) & 1,
  };
}

const ended = { code: 'TOKEN_INVALID', message: 'the session has ended' };
const verdict = (token: string) =>
  verify(token).then(
    () => 'taken',
    ({ code, message }) => ({ code, message }),
  );
/** The list is remembered for half a second, and kept for one. */
const seenAsEnded = (token: string) => expect.poll(() => verdict(token)).toEqual(ended);

describe('a token', () => {
  it('names a bit of a signed list, the same one after a refresh, and nobody else’s', async () => {
    const reference = referenceIn(person.accessToken);
    expect(reference).toEqual({ idx: expect.any(Number), uri: `${service.url}/.well-known/status-lists/0` });
    const refreshed = await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
    expect(referenceIn(refreshed.body.access_token)).toEqual(reference);
    const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer);
    expect(referenceIn(again.body.access_token)).toEqual(reference);
    const many = await Promise.all(Array.from({ length: 20 }, () => login(service, person)));
    const indexes = many.map(({ accessToken }) => referenceIn(accessToken)?.idx);
    expect(new Set([...indexes, reference?.idx]).size).toBe(21);
    const rows = await service.sql('select status_index from sessions where user_id = $1', [person.userId]);
    expect(rows.map(({ status_index }) => Number(status_index)).sort()).toEqual([...indexes, reference?.idx].sort());
  });

  it('of a session from before there were lists names one after two refreshes, at both doors', async () => {
    const app = await newClient(service, 'confidential', { first_party: true });
    const { body: given } = await exchange(service, app, await newCode(service, person, app));
    await service.sql('update sessions set status_index = null where user_id = $1', [person.userId]);
    const names = [];
    let { refreshToken } = person;
    for (const seconds of [2, 4]) {
      service.setClockOffset(seconds);
      const own = await service.post('/v1/auth/refresh', { refresh_token: refreshToken });
      refreshToken = own.body.refresh_token;
      const clients = await refresh(service, app, given.refresh_token);
      names.push([own, clients].map(({ body }) => referenceIn(body.access_token)?.idx));
    }
    expect(names).toEqual([
      [undefined, undefined],
      [expect.any(Number), expect.any(Number)],
    ]);
  });

  it('of a client names one, and a machine’s and a browser’s session have none', async () => {
    const app = await newClient(service, 'public', { first_party: true, scopes: ['openid'] });
    const browser = await newBrowser(service, person);
    const { body } = await exchange(service, app, await newCode(service, person, app, { browser }));
    expect(referenceIn(body.access_token)).toMatchObject({ idx: expect.any(Number) });
    const [row] = await service.sql('select status_index from sessions where session_id = $1', [browser.sessionId]);
    expect(row).toEqual({ status_index: null });
    const machine = await newClient(service, 'machine');
    const token = await service.send(
      'POST',
      '/oauth/token',
      new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: machine.clientId,
        client_secret: machine.secret,
      }).toString(),
      { 'content-type': 'application/x-www-form-urlencoded' },
    );
    expect(referenceIn(token.body.access_token)).toBeUndefined();
  });
});

it('is passed on to whoever acts for the person by a token that was exchanged (RFC 8693)', async () => {
  const essays = await newClient(service, 'machine', { grants: [TOKEN_EXCHANGE], scopes: ['email'] });
  const app = await newClient(service, 'public', { scopes: ['openid', 'email'], audiences: [essays.clientId] });
  const { body: given } = await exchange(
    service,
    app,
    await newCode(service, person, app, { scope: ['openid', 'email'] }),
  );
  const { body } = await formTo(service, '/oauth/token', essays, {
    grant_type: TOKEN_EXCHANGE,
    subject_token: given.access_token,
    subject_token_type: tokenTypes.accessToken,
  });
  expect(referenceIn(body.access_token)).toEqual(referenceIn(given.access_token));
  expect(referenceIn(body.access_token)).toBeDefined();
});

describe('a list', () => {
  it('is signed, cached as long as it says, small, and the same for all who ask meanwhile', async () => {
    const { uri } = referenceIn(person.accessToken) as Reference;
    const { response, payload, bits, size } = await listAt(uri);
    expect(response.headers.get('content-type')).toBe('application/statuslist+jwt');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect([payload.ttl, bits, size]).toEqual([1, 1, 2 ** 20]);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    const calls = await service.callsDuring(async () => {
      const texts = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(uri)).text()));
      expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(1_500);
    });
    // One for each environment of the function at most, however many ask.
    expect(calls['rds-data.ExecuteStatement'] ?? 0).toBeLessThanOrEqual(2);
  });

  it('that no session is in yet, or that has no number, is 404', async () => {
    for (const list of ['1', '999999999', '1e3', '-1', '0x0', '%20', '00000000000', 'a']) {
      const answer = await service.get(`/.well-known/status-lists/${list}`);
      expect([list, answer.status]).toEqual([list, 404]);
    }
  });

  it('costs one statement for all that do not exist, while the number of those that do is remembered', async () => {
    await fetch(`${service.url}/.well-known/status-lists/7`);
    const calls = await service.callsDuring(async () => {
      for (let list = 40; list > 0; list--) await fetch(`${service.url}/.well-known/status-lists/${list}`);
    });
    expect(calls['rds-data.ExecuteStatement'] ?? 0).toBeLessThan(10);
  });

  it('has what ended as long as the most patient verifier takes a token, also from before tokens became shorter', async () => {
    const reference = referenceIn(person.accessToken) as Reference;
    await service.post('/v1/auth/logout', { refresh_token: person.refreshToken });
    await expect.poll(async () => (await listAt(reference.uri)).statusOf(reference)).toBe(1);
    const patient = { issuer: service.url, audience: 'huleedu-platform', clockSkewSeconds: 300, statusLists: true };
    service.setClockOffset(19 * 60);
    const now = () => new Date(Date.now() + 19 * 60_000);
    await expect(verifier({ ...patient, clock: now })(person.accessToken)).rejects.toThrow('the session has ended');
    service.setClockOffset(69 * 60);
    expect((await listAt(reference.uri)).statusOf(reference)).toBe(1);
    service.setClockOffset(71 * 60);
    await expect.poll(async () => (await listAt(reference.uri)).statusOf(reference)).toBe(0);
  });
});

describe('the shipped verifier sees that a session has ended', () => {
  const endings: Readonly<Record<string, () => Promise<unknown>>> = {
    'by logout': () => service.post('/v1/auth/logout', { refresh_token: person.refreshToken }),
    'by the access token at revoke': () => service.post('/v1/auth/revoke', { token: person.accessToken }),
    'by sessions/revoke-all': () =>
      service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, person.bearer),
    'by another device’s password change': async () => {
      const other = await login(service, person);
      return service.post(
        '/v1/auth/change-password',
        { current_password: person.password, new_password: 'another horse battery staple' },
        { authorization: `Bearer ${other.accessToken}` },
      );
    },
    'by an administrator’s lock': async () => {
      const admin = await makeAdmin(service, await registerAndLogin(service));
      return service.post(`/v1/admin/users/${person.userId}/lock`, {}, admin.bearer);
    },
    'by a stolen refresh token that was used twice': async () => {
      const { body } = await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
      service.setClockOffset(60);
      await service.post('/v1/auth/refresh', { refresh_token: body.refresh_token });
      await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken });
    },
    'by logout, also where the account goes right after': async () => {
      const other = await login(service, person);
      await service.post('/v1/auth/logout', { refresh_token: person.refreshToken });
      await service.delete(
        '/v1/auth/me',
        { password: person.password },
        { authorization: `Bearer ${other.accessToken}` },
      );
    },
    'with the account': () => service.delete('/v1/auth/me', { password: person.password }, person.bearer),
  };

  it.each(Object.entries(endings))('%s, and nobody else’s', async (_, end) => {
    const bystander = await registerAndLogin(service);
    expect(await verdict(person.accessToken)).toBe('taken');
    await end();
    await seenAsEnded(person.accessToken);
    expect(await verdict(bystander.accessToken)).toBe('taken');
  });
});
