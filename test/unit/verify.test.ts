/** The verifier that consumers import: what it asks the issuer for, and when. Forged tokens: test/service/tokens.test.ts. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Demands, verifier } from '../../functions/verify.ts';

const issuer = 'https://identity.example';
const audience = 'huleedu-platform';
const start = Date.UTC(2026, 0, 1);

let now = start;
let keys: JWK[] = [];
let headers: Record<string, string> = {};
let outage = false;
let requests: Request[] = [];
let pairs: { kid: string; privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey']; jwk: JWK }[] = [];

beforeAll(async () => {
  pairs = await Promise.all(
    ['one', 'two'].map(async (kid) => {
      const { publicKey, privateKey } = await generateKeyPair('RS256');
      return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
    }),
  );
});
beforeEach(() => {
  now = start;
  keys = pairs.slice(0, 1).map(({ jwk }) => jwk);
  headers = { 'cache-control': 'public, max-age=300, stale-while-revalidate=60, stale-if-error=3600', etag: '"1"' };
  outage = false;
  requests = [];
});

const answerJwks: typeof fetch = async (url, init) => {
  const request = new Request(url, init);
  requests.push(request);
  if (outage) throw new TypeError('fetch failed');
  if (request.headers.get('if-none-match') === headers.etag) return new Response(null, { status: 304, headers });
  return Response.json({ keys }, { headers });
};

const newVerifier = (demands: Demands = {}) =>
  verifier({ issuer, audience, clock: () => new Date(now), fetch: answerJwks, ...demands });

function token(index = 0, claims: object = {}): Promise<string> {
  const { kid = '', privateKey } = pairs[index] ?? {};
  if (!privateKey) throw new Error('no such key');
  const iat = Math.floor(now / 1000);
  const all = { sub: 'user', sid: 'session', jti: 'id', org_id: 'org', roles: ['teacher'], iat, exp: iat + 900 };
  return new SignJWT({ iss: issuer, aud: audience, email_verified: true, ...all, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
    .sign(privateKey);
}

const pass = (seconds: number) => {
  now += seconds * 1000;
};

describe('the keys', () => {
  it('are fetched once, from the issuer, and kept for max-age', async () => {
    const verify = newVerifier();
    await Promise.all([verify(await token()), verify(await token())]);
    pass(299);
    await verify(await token());
    expect(requests.map(({ url }) => url)).toEqual(['https://identity.example/.well-known/jwks.json']);
  });

  it('are fetched again beside the request that comes within stale-while-revalidate', async () => {
    const verify = newVerifier();
    await verify(await token());
    pass(310);
    outage = true;
    await verify(await token());
    expect(requests).toHaveLength(2);
  });

  it('are waited for after it, and not sent again when they are the same', async () => {
    const verify = newVerifier();
    await verify(await token());
    pass(361);
    await verify(await token());
    expect(requests[1]?.headers.get('if-none-match')).toBe('"1"');
    await verify(await token());
    expect(requests).toHaveLength(2);
  });

  it('that the issuer has revoked are not believed any longer than that', async () => {
    const verify = newVerifier();
    await verify(await token());
    keys = pairs.slice(1).map(({ jwk }) => jwk);
    headers.etag = '"2"';
    pass(361);
    await expect(verify(await token())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(verify(await token(1))).resolves.toMatchObject({ sub: 'user' });
  });

  it('do while the issuer cannot be reached, as long as stale-if-error says', async () => {
    const verify = newVerifier();
    await verify(await token());
    outage = true;
    pass(300 + 3599);
    await expect(verify(await token())).resolves.toMatchObject({ sub: 'user' });
    pass(2);
    await expect(verify(await token())).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });

  it('count from when a cache on the way got them', async () => {
    const verify = newVerifier();
    headers.age = '290';
    await verify(await token());
    pass(10 + 60);
    await verify(await token());
    expect(requests).toHaveLength(2);
  });

  it('are not kept where they may not be', async () => {
    const verify = newVerifier();
    headers = { 'cache-control': 'no-store' };
    await verify(await token());
    await verify(await token());
    expect(requests).toHaveLength(2);
  });

  it('are fetched for an unknown key id, but not for each one that somebody makes up', async () => {
    const verify = newVerifier();
    await verify(await token());
    keys = pairs.map(({ jwk }) => jwk);
    headers.etag = '"2"';
    await expect(verify(await token(1))).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(requests).toHaveLength(1);
    pass(30);
    await expect(verify(await token(1))).resolves.toMatchObject({ sub: 'user' });
    expect(requests).toHaveLength(2);
  });

  it('that were never had are no reason to call a token invalid', async () => {
    outage = true;
    await expect(newVerifier()(await token())).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });
});

describe('a token', () => {
  it('S17: past its time by more than 30 s has expired', async () => {
    const verify = newVerifier();
    const old = await token();
    pass(929);
    await expect(verify(old)).resolves.toMatchObject({ sub: 'user' });
    pass(1);
    await expect(verify(old)).rejects.toMatchObject({ name: 'TokenError', code: 'TOKEN_EXPIRED' });
  });

  it('that is missing is invalid', async () => {
    await expect(newVerifier()(undefined)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(requests).toEqual([]);
  });

  it('S39: needs one of the roles, the verifier’s and the call’s', async () => {
    const verify = newVerifier({ roles: ['teacher', 'admin'] });
    await expect(verify(await token())).resolves.toMatchObject({ roles: ['teacher'] });
    await expect(verify(await token(), { roles: ['admin'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(verify(await token(0, { roles: [] }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('S38: is for the organisation that is asked for', async () => {
    await expect(newVerifier({ orgId: 'org' })(await token())).resolves.toMatchObject({ org_id: 'org' });
    await expect(newVerifier()(await token(), { orgId: 'other' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(newVerifier()(await token(0, { org_id: null }), { orgId: 'org' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});
