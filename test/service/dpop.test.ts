/** Tokens that are bound to a key of the client's (DPoP, RFC 9449), where they are given. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { type CodeWishes, exchange, formTo, newCode, refresh } from '../support/grants.ts';
import { answered, authorizeQuery, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let open: TestClient;
let secret: TestClient;
let machine: TestClient;
let key: ProofKey;
let other: ProofKey;

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  open = await newClient(service, 'public', { first_party: true });
  secret = await newClient(service, 'confidential', { first_party: true });
  machine = await newClient(service, 'machine');
  key = await proofKey();
  other = await proofKey();
});
afterAll(() => service.stop());
beforeEach(() => service.setClockOffset(0));

const endpoint = (path = '/oauth/token') => `${service.url}${path}`;
const proven = async (by: ProofKey, over: object = {}, path = '/oauth/token') => ({
  dpop: await by.proof('POST', endpoint(path), over),
});
const codeOf = (client: TestClient, wishes?: CodeWishes) => newCode(service, person, client, wishes);
const asMachine = (headers: Readonly<Record<string, string>>, client = machine) =>
  formTo(service, '/oauth/token', client, { grant_type: 'client_credentials' }, headers);
const saysOf = ({ status, body }: Answer) => [status, body.error ?? body.token_type];
const bound = [200, 'DPoP'];
const refusedGrant = [400, 'invalid_grant'];
const refusedProof = [400, 'invalid_dpop_proof'];

describe('S80: a public client', () => {
  it('has access and refresh token bound, and keeps the refresh token', async () => {
    const first = await exchange(service, open, await codeOf(open), {}, await proven(key));
    expect(saysOf(first)).toEqual(bound);
    expect(decodeJwt(first.body.access_token)).toMatchObject({ cnf: { jkt: key.jkt }, client_id: open.clientId });
    const kept = first.body.refresh_token;
    const again = await refresh(service, open, kept, {}, await proven(key));
    expect(saysOf(again)).toEqual(bound);
    expect(again.body.refresh_token).toBe(kept);
    expect(decodeJwt(again.body.access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
    // Of no use to whoever stole it, and no harm done by the try.
    expect(saysOf(await refresh(service, open, kept))).toEqual(refusedGrant);
    expect(saysOf(await refresh(service, open, kept, {}, await proven(other)))).toEqual(refusedGrant);
    expect(saysOf(await refresh(service, open, kept, {}, await proven(key)))).toEqual(bound);
  });

  it('that begins to prove a key has its session bound from then on, and reuse is found out as before', async () => {
    const first = await exchange(service, open, await codeOf(open));
    expect(saysOf(first)).toEqual([200, 'Bearer']);
    service.setClockOffset(2);
    const second = await refresh(service, open, first.body.refresh_token, {}, await proven(key, at(2)));
    expect(saysOf(second)).toEqual(bound);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    service.setClockOffset(4);
    expect(saysOf(await refresh(service, open, second.body.refresh_token))).toEqual(refusedGrant);
    const third = await refresh(service, open, second.body.refresh_token, {}, await proven(key, at(4)));
    expect(saysOf(third)).toEqual(bound);
    service.setClockOffset(30);
    expect(saysOf(await refresh(service, open, first.body.refresh_token))).toEqual(refusedGrant);
    const after = await refresh(service, open, third.body.refresh_token, {}, await proven(key, at(30)));
    expect(saysOf(after)).toEqual(refusedGrant);
  });
});

const at = (seconds: number) => ({ iat: Math.floor(Date.now() / 1000) + seconds });

it('S80: a client with credentials has its access tokens bound, each to the key of its request', async () => {
  const first = await exchange(service, secret, await codeOf(secret), {}, await proven(key));
  expect(saysOf(first)).toEqual(bound);
  const next = await refresh(service, secret, first.body.refresh_token, {}, await proven(other));
  expect(decodeJwt(next.body.access_token)).toMatchObject({ cnf: { jkt: other.jkt } });
  const bearer = await refresh(service, secret, first.body.refresh_token);
  expect([saysOf(bearer), decodeJwt(bearer.body.access_token).cnf]).toEqual([[200, 'Bearer'], undefined]);
});

it('S80: a machine has its token bound', async () => {
  const answer = await asMachine(await proven(key));
  expect(saysOf(answer)).toEqual(bound);
  expect(decodeJwt(answer.body.access_token)).toMatchObject({ cnf: { jkt: key.jkt }, sub: machine.clientId });
});

it.each(['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'])('S80: takes keys for %s, as discovery says', async (alg) => {
  const { body } = await service.get('/.well-known/openid-configuration');
  expect(body.dpop_signing_alg_values_supported).toContain(alg);
  expect(saysOf(await asMachine(await proven(await proofKey(alg))))).toEqual(bound);
});

describe('a client that has to prove a key', () => {
  it('S80: gets nothing without, whatever the grant, and nothing is used up', async () => {
    const wishes = { dpop: 'required', grants: ['authorization_code', 'refresh_token', 'client_credentials'] } as const;
    const strict = await newClient(service, 'confidential', { ...wishes, first_party: true });
    const code = await codeOf(strict);
    expect(saysOf(await exchange(service, strict, code))).toEqual(refusedProof);
    const { body } = await exchange(service, strict, code, {}, await proven(key));
    expect(body.token_type).toBe('DPoP');
    expect(saysOf(await refresh(service, strict, body.refresh_token))).toEqual(refusedProof);
    expect(saysOf(await refresh(service, strict, body.refresh_token, {}, await proven(key)))).toEqual(bound);
    expect(saysOf(await asMachine({}, strict))).toEqual(refusedProof);
    expect(saysOf(await asMachine(await proven(key), strict))).toEqual(bound);
  });
});

describe('S80: a code that is bound to a key', () => {
  it('is nothing without it, and not used up by the try', async () => {
    const code = await codeOf(open, { dpopJkt: key.jkt });
    expect(saysOf(await exchange(service, open, code))).toEqual(refusedGrant);
    expect(saysOf(await exchange(service, open, code, {}, await proven(other)))).toEqual(refusedGrant);
    expect(saysOf(await exchange(service, open, code, {}, await proven(key)))).toEqual(bound);
    // Nor does a thief end by the code what it gave.
    expect(saysOf(await exchange(service, open, code, {}, await proven(other)))).toEqual(refusedGrant);
    const [row] = await service.sql(
      'select count(*)::int as ended from sessions where client_id = $1 and dpop_jkt = $2 and revoked_at is not null',
      [open.clientId, other.jkt],
    );
    expect(row?.ended).toBe(0);
  });

  const authorizedBy = async (query: string) => {
    const browser = await signedInBrowser(service, person);
    return answered(await service.get(`/oauth/authorize?${query}`, browser.headers)).code ?? '';
  };
  const verified = { code_verifier: 'a verifier of forty-three characters or more' };

  it('is by dpop_jkt of the request', async () => {
    const code = await authorizedBy(authorizeQuery(open, { dpop_jkt: key.jkt }));
    expect(saysOf(await exchange(service, open, code, verified, await proven(other)))).toEqual(refusedGrant);
    expect(saysOf(await exchange(service, open, code, verified, await proven(key)))).toEqual(bound);
  });

  const push = async (more: object, headers: object) =>
    service.send('POST', '/oauth/par', authorizeQuery(open, more as Record<string, string>), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });

  it('is by the proof beside a pushed request, once (RFC 9449 §10.1)', async () => {
    const headers = await proven(key, {}, '/oauth/par');
    const { status, body } = await push({}, headers);
    expect(status).toBe(201);
    const query = new URLSearchParams({ client_id: open.clientId, request_uri: body.request_uri });
    const code = await authorizedBy(query.toString());
    expect(saysOf(await exchange(service, open, code, verified, await proven(other)))).toEqual(refusedGrant);
    expect(saysOf(await exchange(service, open, code, verified, await proven(key)))).toEqual(bound);
    expect(saysOf(await push({}, headers))).toEqual(refusedProof);
  });

  it('is by one key, where proof and parameter name two', async () => {
    const answer = await push({ dpop_jkt: other.jkt }, await proven(key, {}, '/oauth/par'));
    expect(saysOf(answer)).toEqual(refusedProof);
    expect((await push({ dpop_jkt: key.jkt }, await proven(key, {}, '/oauth/par'))).status).toBe(201);
  });
});

describe('S80: a proof', () => {
  it('counts once for its URI, also of twenty at once', async () => {
    const headers = await proven(key);
    const answers = await Promise.all(Array.from({ length: 20 }, () => asMachine(headers)));
    expect(answers.map(saysOf).toSorted()).toEqual([bound, ...Array.from({ length: 19 }, () => refusedProof)]);
  });

  it('counts once beside codes, and leaves the other codes as they were', async () => {
    const headers = await proven(key);
    const codes = [await codeOf(open), await codeOf(open), await codeOf(open)];
    const answers = await Promise.all(codes.map((code) => exchange(service, open, code, {}, headers)));
    expect(answers.map(saysOf).toSorted()).toEqual([bound, refusedProof, refusedProof]);
    for (const [index, answer] of answers.entries()) {
      if (answer.status === 200) continue;
      expect(saysOf(await exchange(service, open, codes[index] ?? '', {}, await proven(key)))).toEqual(bound);
    }
  });

  it('counts once beside refresh tokens', async () => {
    const { body } = await exchange(service, open, await codeOf(open), {}, await proven(key));
    const headers = await proven(key);
    expect(saysOf(await refresh(service, open, body.refresh_token, {}, headers))).toEqual(bound);
    expect(saysOf(await refresh(service, open, body.refresh_token, {}, headers))).toEqual(refusedProof);
  });
});

describe('a client that has to push its requests (RFC 9126 §6)', () => {
  it('gets no code otherwise, and is told so', async () => {
    const pushes = await newClient(service, 'public', { first_party: true, par: 'required' });
    const browser = await signedInBrowser(service, person);
    const visit = (query: string) => service.get(`/oauth/authorize?${query}`, browser.headers);
    expect(answered(await visit(authorizeQuery(pushes)))).toMatchObject({
      error: 'invalid_request',
      state: 'as it was',
    });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await service.send('POST', '/oauth/par', authorizeQuery(pushes), form);
    const query = new URLSearchParams({ client_id: pushes.clientId, request_uri: body.request_uri });
    expect(answered(await visit(query.toString())).code).toBeDefined();
  });
});
