/** An issuer of access tokens for tests of verifiers: its keys, its answers, its outages, its time. */
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Demands, type Verify, verifier } from '../../functions/packages/verify/index.ts';

export const issuer = 'https://identity.example';
export const audience = 'huleedu-platform';
const START = Date.UTC(2026, 0, 1);

export const pairs = await Promise.all(
  ['one', 'two'].map(async (kid) => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    return { kid, privateKey, jwk };
  }),
);

const atFirst = () => ({
  now: START,
  keys: pairs.slice(0, 1).map(({ jwk }) => jwk),
  headers: {
    'cache-control': 'public, max-age=300, stale-while-revalidate=60, stale-if-error=3600',
    etag: '"1"',
  } as Record<string, string>,
  outage: false,
  hangs: false,
  /** The requests that it got. */
  requests: [] as Request[],
});

/** The current state: a test sets what it needs. */
export const world = atFirst();

/** Resets the state before each test. */
export function begin(): void {
  Object.assign(world, atFirst());
}

export function pass(seconds: number): void {
  world.now += seconds * 1000;
}

const answerJwks: typeof fetch = async (url, init) => {
  const request = new Request(url, init);
  world.requests.push(request);
  const { headers, keys } = world;
  if (world.hangs) return new Promise(() => {});
  if (world.outage) throw new TypeError('fetch failed');
  if (request.headers.get('if-none-match') === headers.etag) return new Response(null, { status: 304, headers });
  return Response.json({ keys }, { headers });
};

export const newOptions = () => ({ issuer, audience, clock: () => new Date(world.now), fetch: answerJwks });
export const newVerifier = (demands: Demands = {}): Verify => verifier({ ...newOptions(), ...demands });

/** @param index which key signs it */
export function token(index = 0, claims: object = {}): Promise<string> {
  const { kid = '', privateKey } = pairs[index] ?? {};
  if (!privateKey) throw new Error('there is no such key');
  const iat = Math.floor(world.now / 1000);
  const all = { sub: 'user', sid: 'session', jti: 'id', org_id: 'org', roles: ['teacher'], iat, exp: iat + 900 };
  return new SignJWT({ iss: issuer, aud: audience, email_verified: true, ...all, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
    .sign(privateKey);
}
