/** What a DPoP proof has to be (RFC 9449 §4.3). What it is good for: dpop.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { formTo } from '../support/grants.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let machine: TestClient;
let key: ProofKey;
let other: ProofKey;
beforeAll(async () => {
  service = await sharedService();
  service.setClockOffset(0);
  machine = await newClient(service, 'machine');
  key = await proofKey();
  other = await proofKey();
});
afterAll(() => service.stop());

const endpoint = (path = '/oauth/token') => `${service.url}${path}`;
const proven = async (by: ProofKey, over: object = {}, path = '/oauth/token') => ({
  dpop: await by.proof('POST', endpoint(path), over),
});
const asMachine = (headers: Readonly<Record<string, string>>) =>
  formTo(service, '/oauth/token', machine, { grant_type: 'client_credentials' }, headers);
const saysOf = ({ status, body }: Answer) => [status, body.error ?? body.token_type];
const bound = [200, 'DPoP'];
const refusedProof = [400, 'invalid_dpop_proof'];
const at = (seconds: number) => ({ iat: Math.floor(Date.now() / 1000) + seconds });

describe('S80: a proof', () => {
  it.each([
    ['of another method', { htm: 'GET' }],
    ['of a method in small letters', { htm: 'post' }],
    ['of another path', { htu: 'https://id.example/oauth/token' }],
    ['of no URI', { htu: '/oauth/token' }],
    ['without a URI', { htu: undefined }],
    ['without a method', { htm: undefined }],
    ['without an id', { jti: undefined }],
    ['with an empty id', { jti: '' }],
    ['with an id that is no text', { jti: 7 }],
    ['with an endless id', { jti: 'x'.repeat(501) }],
    ['without a time', { iat: undefined }],
    ['of a time that is none', { iat: 'now' }],
    ['that has expired by its own word', { exp: 1 }],
  ])('%s is refused', async (_, over) => {
    expect(saysOf(await asMachine(await proven(key, over)))).toEqual(refusedProof);
  });

  it('of another endpoint is refused', async () => {
    expect(saysOf(await asMachine(await proven(key, {}, '/oauth/par')))).toEqual(refusedProof);
    expect(saysOf(await asMachine(await proven(key, {}, '/oauth/token/')))).toEqual(refusedProof);
  });

  it('is compared by what its URI means, without query and fragment', async () => {
    const { port } = new URL(service.url);
    for (const htu of [`HTTP://LOCALHOST:${port}/oauth/./token?x=1#y`, `http://localhost:${port}/oauth/%74oken`]) {
      expect(saysOf(await asMachine(await proven(key, { htu }))), htu).toEqual(bound);
    }
  });

  it.each([
    [-62, false],
    [-58, true],
    [28, true],
    [32, false],
  ])('made %i s from now is taken: %s', async (seconds, taken) => {
    expect(saysOf(await asMachine(await proven(key, at(seconds))))).toEqual(taken ? bound : refusedProof);
  });

  it.each<[string, (own: ProofKey) => Promise<string>]>([
    ['as a JWT of another kind', (own) => own.proof('POST', endpoint(), {}, { typ: 'JWT' })],
    ['of no kind', (own) => own.proof('POST', endpoint(), {}, { typ: undefined as never })],
    ['without a key', (own) => own.proof('POST', endpoint(), {}, { jwk: undefined as never })],
    ['with its private key', (own) => own.proof('POST', endpoint(), {}, { jwk: own.jwk })],
    ['by another key than it names', (own) => own.proof('POST', endpoint(), {}, { jwk: publicOf(other) })],
    ['with a critical header', async (own) => withHeader(await own.proof('POST', endpoint()), { crit: ['x'], x: 1 })],
    ['by a shared secret', async (own) => withHeader(await own.proof('POST', endpoint()), { alg: 'HS256' })],
    ['by nothing', async (own) => unsigned(await own.proof('POST', endpoint()))],
    ['twice', async (own) => `${await own.proof('POST', endpoint())},${await own.proof('POST', endpoint())}`],
    ['with nothing in it', async () => ''],
  ])('%s is refused', async (_, make) => {
    expect(saysOf(await asMachine({ dpop: await make(await proofKey()) }))).toEqual(refusedProof);
  });

  it('S66: by a key that takes long to check is refused before', async () => {
    const rsa = await proofKey('RS256');
    const long = { ...publicOf(rsa), n: 'x'.repeat(700) };
    const slow = { ...publicOf(rsa), e: 'x'.repeat(300) };
    for (const jwk of [long, slow]) {
      const dpop = await rsa.proof('POST', endpoint(), {}, { jwk });
      expect(saysOf(await asMachine({ dpop }))).toEqual(refusedProof);
    }
  });

  it('S34: however it is mutated, it is refused as a proof and is no fault of ours', async () => {
    const [header = '', payload = '', signature = ''] = (await key.proof('POST', endpoint())).split('.');
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const values = [null, true, 7, '', [], {}, [null], { kty: 'EC' }, { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }];
    const keys = [
      ...values,
      { kty: 'OKP', crv: 'Ed25519', x: '' },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
      { kty: 'oct', k: 'x' },
    ];
    const mutants = [
      ...keys.map((jwk) => `${encoded({ ...decoded(header), jwk })}.${payload}.${signature}`),
      ...values.map((value) => `${header}.${encoded(value)}.${signature}`),
      ...values.map((value) => `${encoded(value)}.${payload}.${signature}`),
      ...['alg', 'typ', 'crit', 'b64', 'zip'].flatMap((name) =>
        values.map((value) => `${encoded({ ...decoded(header), [name]: value })}.${payload}.${signature}`),
      ),
      ...[
        `${header}.${payload}`,
        `${header}..${signature}`,
        `${header}.${payload}.`,
        'x',
        '..',
        'a.b.c',
        'x'.repeat(7000),
      ],
      ...[1, 17, 30].map((index) => `${header}.${payload}.${flipped(signature, index)}`),
    ];
    const told = new Set<string>();
    for (const dpop of mutants) told.add(String(saysOf(await asMachine({ dpop }))));
    expect([...told]).toEqual([String(refusedProof)]);
  });
});

const publicOf = ({ jwk: { d: _, p: __, q: ___, dp: ____, dq: _____, qi: ______, ...rest } }: ProofKey) => rest;
const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
const withHeader = (proof: string, over: object) => {
  const [header = '', ...rest] = proof.split('.');
  return [Buffer.from(JSON.stringify({ ...decoded(header), ...over })).toString('base64url'), ...rest].join('.');
};
const unsigned = (proof: string) => {
  const [header, payload] = withHeader(proof, { alg: 'none' }).split('.');
  return `${header}.${payload}.AA`;
};
const flipped = (text: string, index: number) =>
  `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
