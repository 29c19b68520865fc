/** Tokens that are bound to a key (RFC 9449 §7), at everything of ours that takes tokens. How they are given: dpop.test.ts. */
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../lib/service/routes.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { hashOfToken, type ProofKey, proofKey } from '../support/dpop.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let client: TestClient;
let key: ProofKey;
let token: string;

beforeAll(async () => {
  service = await sharedService();
  service.setClockOffset(0);
  person = await registerAndLogin(service);
  client = await newClient(service, 'confidential', { first_party: true, scopes: ['openid', 'account'] });
  key = await proofKey();
  const dpop = await key.proof('POST', `${service.url}/oauth/token`);
  const code = await newCode(service, person, client, { scope: ['openid', 'account'] });
  token = (await exchange(service, client, code, {}, { dpop })).body.access_token;
});
afterAll(() => service.stop());

const ofBearers = routes.filter(({ auth }) => auth === 'bearer');
const pathOf = (path: string) => path.replaceAll(/\{\w+\}/g, () => randomUUID());
/** A body that none takes: who calls is looked at before, and nothing happens. */
const send = (method: string, path: string, headers: Readonly<Record<string, string>>) => {
  const type = path.startsWith('/oauth/') ? 'application/x-www-form-urlencoded' : 'application/json';
  return service.send(method, path, method === 'GET' ? undefined : '{', { 'content-type': type, ...headers });
};
const proven = (method: string, path: string, over: object = {}) =>
  key.headers(method, `${service.url}${path}`, token, over);
const challengeOf = ({ status, headers }: Answer) => [status, headers.get('www-authenticate') ?? ''];
const refused = (error: string) => [401, expect.stringMatching(new RegExp(`^DPoP .*error="${error}"`))];

describe('S80: a token that is bound to a key', () => {
  it.each(ofBearers.map(({ method, path }) => [method, path]))(
    'is refused as a Bearer by %s %s',
    async (method, path) => {
      const target = pathOf(path);
      expect(challengeOf(await send(method, target, { authorization: `Bearer ${token}` }))).toEqual(
        refused('invalid_token'),
      );
      expect(challengeOf(await send(method, target, { authorization: `DPoP ${token}` }))).toEqual(
        refused('invalid_dpop_proof'),
      );
      const { headers } = await send(method, target, await proven(method, target));
      expect(headers.get('www-authenticate') ?? '').not.toMatch(/invalid_/);
    },
  );

  it('is refused in a form', async () => {
    const body = new URLSearchParams({ access_token: token }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { dpop } = await proven('POST', '/oauth/userinfo');
    const answer = await service.send('POST', '/oauth/userinfo', body, { ...type, dpop });
    expect(challengeOf(answer)).toEqual(refused('invalid_token'));
  });

  it('opens /v1 and userinfo with a proof', async () => {
    expect((await service.get('/v1/auth/me', await proven('GET', '/v1/auth/me'))).body.user_id).toBe(person.userId);
    expect((await service.get('/oauth/userinfo', await proven('GET', '/oauth/userinfo'))).body.sub).toBe(person.userId);
  });

  const me = '/v1/auth/me';
  it.each<[string, string, () => Promise<Record<string, string>>]>([
    ['of another method', 'invalid_dpop_proof', () => proven('PUT', me)],
    ['of another URI', 'invalid_dpop_proof', () => proven('GET', '/v1/auth/sessions')],
    ['of a minute ago', 'invalid_dpop_proof', () => proven('GET', me, { iat: Math.floor(Date.now() / 1000) - 62 })],
    ['from the future', 'invalid_dpop_proof', () => proven('GET', me, { iat: Math.floor(Date.now() / 1000) + 32 })],
    ['of another token', 'invalid_dpop_proof', () => proven('GET', me, { ath: hashOfToken('another') })],
    ['of no token', 'invalid_dpop_proof', () => proven('GET', me, { ath: undefined })],
    ['by another key', 'invalid_token', async () => (await proofKey()).headers('GET', `${service.url}${me}`, token)],
    ['of a Bearer’s token', 'invalid_token', () => key.headers('GET', `${service.url}${me}`, person.accessToken)],
    ['by Host', 'invalid_dpop_proof', () => key.headers('GET', `http://evil.example${me}`, token)],
  ])('is refused with a proof %s', async (_, error, headers) => {
    expect(challengeOf(await service.get(me, await headers()))).toEqual(refused(error));
  });

  it('tells whoever sends it, or another, by the wrong scheme, what is wrong', async () => {
    const { body } = await service.get(me, { authorization: `Bearer ${token}` });
    expect(body.detail).toBe('The token is bound to a key, and comes without proof.');
    const unbound = await service.get(me, await key.headers('GET', `${service.url}${me}`, person.accessToken));
    expect(unbound.body.detail).toBe('The token is not bound to a key.');
  });

  it('is taken once by a proof, of twenty at once', async () => {
    const headers = await proven('GET', me);
    const answers = await Promise.all(Array.from({ length: 20 }, () => service.get(me, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  it('gives no other than a bound one, when the password is given again', async () => {
    const path = '/v1/auth/reauthenticate';
    const { status, body } = await service.post(path, { password: person.password }, await proven('POST', path));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(decodeJwt(body.access_token)).toMatchObject({ cnf: { jkt: key.jkt }, client_id: client.clientId });
  });

  it('is introspected with its key', async () => {
    const said = { active: true, token_type: 'DPoP', cnf: { jkt: key.jkt } };
    expect((await formTo(service, '/oauth/introspect', client, { token })).body).toMatchObject(said);
    expect((await service.post('/v1/auth/introspect', { token }, service.iamHeaders)).body).toMatchObject(said);
  });
});
