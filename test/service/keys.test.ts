/** The keys from outside: JWKS, discovery, a rotation, an emergency (S43 to S45). */
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStageKeys } from '../../functions/aws/signing-keys.ts';
import { verifier } from '../../functions/packages/verify/index.ts';
import { keyOperator, type Operator, revokeKey, rotateKeys, showKeys } from '../../lib/operator/keys.ts';
import { kmsOf } from '../support/forged-tokens.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';

const DAY = 24 * 60 * 60;
let service: Service;
let person: Person;
let operator: Operator;
let offset = 0;
const said: string[] = [];

/** Seconds. */
function pass(seconds: number): void {
  offset += seconds;
  service.setClockOffset(offset);
}

beforeAll(async () => {
  service = await startService(asDeployed);
  person = await registerAndLogin(service);
  const local = keyOperator(undefined);
  operator = {
    ...local,
    keeper: { ...local.keeper, kms: kmsOf(service) },
    now: () => new Date(Date.now() + offset * 1000),
    wait: async (milliseconds) => pass(milliseconds / 1000),
    say: (line) => said.push(line),
  };
});
afterAll(() => service.stop());

const jwks = () => service.get('/.well-known/jwks.json');
const publishedKids = async (): Promise<string[]> => (await jwks()).body.keys.map(({ kid }: { kid: string }) => kid);
const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
const newToken = async () => (await person.loginAgain()).accessToken;
const meStatus = async (token: string) =>
  (await service.get('/v1/auth/me', { authorization: `Bearer ${token}` })).status;

async function allKeyIds(): Promise<unknown[]> {
  const { Keys = [] } = await operator.keeper.kms.send(new ListKeysCommand({}));
  return Keys.map(({ KeyId }) => KeyId);
}

describe('JWKS', () => {
  it('S45: holds only public members', async () => {
    const { status, headers, body } = await jwks();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(Object.keys(body)).toEqual(['keys']);
    for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('may be kept for five minutes, and longer while the service is unreachable', async () => {
    const { headers } = await jwks();
    expect(headers.get('cache-control')).toBe('public, max-age=300, stale-while-revalidate=60, stale-if-error=43200');
  });

  it('is not sent again to a client that has it', async () => {
    const etag = (await jwks()).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await service.get('/.well-known/jwks.json', { 'if-none-match': known });
      expect(again).toMatchObject({ status: 304, body: '' });
      expect(again.headers.get('etag')).toBe(etag);
    }
    expect((await service.get('/.well-known/jwks.json', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each(['/.well-known/jwks.json', '/.well-known/openid-configuration', '/healthz'])(
    'answers HEAD %s as GET, without the body',
    async (path) => {
      const get = await service.get(path);
      const head = await service.send('HEAD', path);
      expect(head).toMatchObject({ status: 200, body: '' });
      expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
      expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    },
  );

  it('takes no call to KMS when warm', async () => {
    await jwks();
    expect(await service.callsDuring(jwks)).toEqual({});
  });
});

describe('a rotation', () => {
  it('S43: on the first day of a stage is refused, and makes nothing', async () => {
    const keys = async () => [await readStageKeys(operator.keeper), await allKeyIds(), await publishedKids()];
    const before = await keys();
    // Past the first minutes, in which no key would be made anyway.
    pass(DAY / 2);
    await expect(rotateKeys(operator)).rejects.toThrow(/^No key waits yet: the daily job makes one, [^\n]+$/);
    expect(await keys()).toEqual(before);
    // The key that signs is not shown as the one that waits.
    said.length = 0;
    await showKeys(operator);
    expect(said[0]).toBe('next      –');
    pass(-DAY / 2);
  });

  it('S43: started by hand, disturbs nobody', async () => {
    const verify = verifier({
      issuer: service.url,
      audience: 'huleedu-platform',
      clock: () => operator.now(),
    });
    pass(DAY);
    await service.runJob('rotate-signing-key');
    await expect(rotateKeys(operator)).rejects.toThrow('has not been published for long enough');
    pass(DAY);

    const before = await newToken();
    await verify(before);
    await rotateKeys(operator);
    expect(await meStatus(before)).toBe(200);
    pass(301);
    const after = await newToken();
    expect(kidOf(after)).not.toBe(kidOf(before));
    expect([await meStatus(before), await meStatus(after)]).toEqual([200, 200]);
    await expect(Promise.all([verify(before), verify(after)])).resolves.toHaveLength(2);

    pass(DAY);
    await service.runJob('rotate-signing-key');
    const published = await publishedKids();
    expect(published).toHaveLength(2);
    expect(published).not.toContain(kidOf(before));
  });
});

describe('S44: an emergency', () => {
  it('reports what it would end, and does nothing without --yes', async () => {
    const kid = kidOf(await newToken());
    said.length = 0;
    await revokeKey(operator, kid, false);
    expect(said.join('\n')).toMatch(/ends every access token .* up to 15 min/);
    expect(said.join('\n')).toContain('Sessions go on');
    expect(said.at(-1)).toBe('Nothing was done. Repeat with --yes to do it.');
    expect(await publishedKids()).toContain(kid);
  });

  it('has removed the key from JWKS and from signing when it reports so, and ends no session', async () => {
    pass(2 * DAY);
    const stolen = await newToken();
    expect(await meStatus(stolen)).toBe(200);
    const waiting = (await publishedKids()).filter((kid) => kid !== kidOf(stolen));

    await revokeKey(operator, kidOf(stolen), true);
    expect(await publishedKids()).not.toContain(kidOf(stolen));
    expect(await meStatus(stolen)).toBe(401);
    const fresh = await newToken();
    expect(waiting).toEqual([kidOf(fresh)]);
    expect(await meStatus(fresh)).toBe(200);
  });

  it('works without a waiting key, and reports what that costs', async () => {
    // The previous test left none.
    const stolen = await newToken();
    said.length = 0;
    await revokeKey(operator, kidOf(stolen), true);
    expect(said.join('\n')).toContain('No other key has been published for long enough');
    expect(await publishedKids()).not.toContain(kidOf(stolen));
    const fresh = await newToken();
    expect(kidOf(fresh)).not.toBe(kidOf(stolen));
    expect([await meStatus(stolen), await meStatus(fresh)]).toEqual([401, 200]);
  });

  it('refuses a key id that no key has', async () => {
    await expect(revokeKey(operator, 'unknown', true)).rejects.toThrow('No key in use has the id unknown');
  });

  it('is available as a command', async () => {
    const run = (...args: string[]) => operatorCommand(service, ['keys.ts', ...args]);
    const [kid = ''] = await publishedKids();
    expect((await run('status')).out).toContain(`active    ${kid}`);
    expect((await run('revoke', kid)).out).toContain('Nothing was done');
    const hyphened = `-${'x'.repeat(42)}`;
    expect(await run('revoke', hyphened, '--yes')).toMatchObject({
      code: 1,
      error: expect.stringContaining(`No key in use has the id ${hyphened}`),
    });
    expect(await run('status', '--stages')).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^Unknown option '--stages'\nnpm run keys -- [^\n]+\n$/),
    });
    const nowhere = { ...service, awsUrl: 'http://127.0.0.1:9' };
    expect(await operatorCommand(nowhere, ['keys.ts', 'status'])).toMatchObject({
      code: 1,
      error: 'No local host at http://127.0.0.1:9; npm start runs one\n',
    });
    expect(await run('destroy')).toMatchObject({ code: 1, error: expect.stringContaining('npm run keys --') });
    expect(await publishedKids()).toContain(kid);
  });
});
