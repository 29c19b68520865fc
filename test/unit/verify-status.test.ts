/** The shipped verifier and status lists: what it fetches, how long it keeps it, and what it takes for a list. */
import { deflateSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { callerVerifier, machineVerifier, verifier } from '../../functions/packages/verify/index.ts';
import { begin, issuer, newOptions, pairs, pass, token, world } from '../support/token-issuer.ts';

const uri = `${issuer}/.well-known/status-lists/0`;
const ended = { code: 'TOKEN_INVALID', message: 'the session has ended' };
const unavailable = { code: 'STATUS_UNAVAILABLE' };

/** The list as it is answered: the test sets what it needs. */
const list = {
  bytes: Buffer.alloc(16),
  lst: undefined as string | undefined,
  claims: {} as object,
  typ: 'statuslist+jwt',
  key: 0,
  status: 200,
  asked: 0,
};
beforeEach(() => {
  begin();
  Object.assign(list, {
    bytes: Buffer.alloc(16),
    lst: undefined,
    claims: {},
    typ: 'statuslist+jwt',
    key: 0,
    status: 200,
  });
  list.asked = 0;
});

async function answerList(): Promise<Response> {
  list.asked++;
  if (world.outage) throw new TypeError('fetch failed');
  const { kid = '', privateKey } = pairs[list.key] ?? {};
  const iat = Math.floor(world.now / 1000);
  const lst = list.lst ?? deflateSync(list.bytes).toString('base64url');
  const claims = { iss: issuer, sub: uri, iat, exp: iat + 900, ttl: 10, status_list: { bits: 1, lst }, ...list.claims };
  const signed = new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: list.typ, kid });
  return new Response(privateKey ? await signed.sign(privateKey) : '', { status: list.status });
}
const options = () => {
  const { fetch: answerKeys, ...rest } = newOptions();
  const answer: typeof fetch = (url, init) =>
    String(url).startsWith(`${issuer}/.well-known/status-lists/`) ? answerList() : answerKeys(url, init);
  return { ...rest, fetch: answer, statusLists: true };
};
const of = (idx: unknown, at: unknown = uri) => token(0, { status: { status_list: { idx, uri: at } } });
const end = (idx: number) => {
  list.bytes[idx >> 3] = (list.bytes[idx >> 3] ?? 0) | (1 << (idx & 7));
};

describe('a token', () => {
  it('is refused where its bit is set, the lowest of a byte first, and taken where it is not', async () => {
    const verify = verifier(options());
    for (const idx of [0, 9, 127]) end(idx);
    for (let idx = 0; idx < 128; idx++) {
      const verdict = verify(await of(idx));
      if ([0, 9, 127].includes(idx)) await expect(verdict).rejects.toMatchObject(ended);
      else await expect(verdict).resolves.toMatchObject({ sub: 'user' });
    }
    expect(list.asked).toBe(1);
  });

  it('reads bits as the draft’s own example has them (draft-ietf-oauth-status-list §4.1)', async () => {
    // [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    list.lst = 'eNrbuRgAAhcBXQ';
    const verify = callerVerifier(options());
    const bits = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    for (const [idx, bit] of bits.entries()) {
      const verdict = verify(await of(idx)).then(
        () => 0,
        ({ message }) => (message === ended.message ? 1 : message),
      );
      expect([idx, await verdict]).toEqual([idx, bit]);
    }
  });

  it('without a list is from before there was one, and is taken; a verifier that was not told to asks for none', async () => {
    await expect(verifier(options())(await token())).resolves.toMatchObject({ sub: 'user' });
    end(0);
    await expect(verifier({ ...options(), statusLists: false })(await of(0))).resolves.toMatchObject({ sub: 'user' });
    const machine = await token(0, { sub: 'reports', client_id: 'reports', sid: undefined });
    await expect(machineVerifier(options())(machine)).resolves.toMatchObject({ sub: 'reports' });
    expect(list.asked).toBe(0);
  });

  it.each([
    ['of another issuer', 0, 'https://elsewhere.example/.well-known/status-lists/0'],
    ['of an issuer that is called alike', 0, `${issuer}.elsewhere.example/0`],
    ['with no whole number', 1.5, uri],
    ['with a number below zero', -1, uri],
    ['with a text', '0', uri],
  ])('with a list %s is refused, and nothing is fetched', async (_, idx, at) => {
    const sent = verifier(options())(await of(idx, at));
    await expect(sent).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(list.asked).toBe(0);
  });
});

describe('a list', () => {
  it('is kept for its ttl, and fetched once by all who come then', async () => {
    const verify = verifier(options());
    const good = await of(3);
    await verify(good);
    end(3);
    pass(9);
    await verify(good);
    pass(2);
    const verdicts = await Promise.allSettled([verify(good), verify(good), verify(good)]);
    expect(verdicts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(list.asked).toBe(2);
  });

  it('stays in use until its end while the issuer does not answer, and is asked for seldom', async () => {
    const verify = verifier(options());
    const claims = { exp: Math.floor(world.now / 1000) + 3_000, status: { status_list: { idx: 3, uri } } };
    const good = await token(0, claims);
    await verify(good);
    world.outage = true;
    pass(800);
    await verify(good);
    await verify(good);
    expect(list.asked).toBe(2);
    pass(101);
    await expect(verify(good)).rejects.toMatchObject(unavailable);
    await expect(verify(good)).rejects.toMatchObject(unavailable);
    expect(list.asked).toBe(3);
    world.outage = false;
    pass(3);
    await expect(verify(good)).resolves.toMatchObject({ sub: 'user' });
  });

  it.each<[string, Partial<typeof list>]>([
    ['that another key has signed', { key: 1 }],
    ['that is another kind of token', { typ: 'at+jwt' }],
    ['of another address', { claims: { sub: `${issuer}/.well-known/status-lists/1` } }],
    ['that has expired', { claims: { iat: 1, exp: 2 } }],
    ['without an end', { claims: { exp: undefined } }],
    ['of two bits each', { claims: { status_list: { bits: 2, lst: 'eNrbuRgAAhcBXQ' } } }],
    ['that is not compressed', { lst: 'AAAA' }],
    ['that unpacks to more than anybody has', { bytes: Buffer.alloc(8 * 2 ** 20) }],
    ['that has not so many bits', { bytes: Buffer.alloc(1) }],
    ['that is not there', { status: 404 }],
  ])('%s says nothing, so the token is not taken', async (_, wrong) => {
    Object.assign(list, wrong);
    await expect(verifier(options())(await of(100))).rejects.toMatchObject(unavailable);
  });
});
