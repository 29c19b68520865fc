/** The verifier that consumers import: what it demands of a token. Forged tokens: test/service/tokens.test.ts. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  bearerToken,
  type Demands,
  type VerifierOptions,
  verifier,
  verifyToken,
} from '../../functions/packages/verify/index.ts';
import {
  audience,
  begin,
  issuer,
  newOptions,
  newVerifier,
  pairs,
  pass,
  token,
  world,
} from '../support/token-issuer.ts';

beforeEach(begin);

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
    expect(world.requests).toEqual([]);
  });

  it('S39: needs one of the verifier’s roles and one of the call’s', async () => {
    const verify = verifier({ ...newOptions(), orgId: 'org', roles: ['teacher', 'admin'] });
    await expect(verify(await token())).resolves.toMatchObject({ roles: ['teacher'] });
    await expect(verify(await token(), { roles: ['admin'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(verify(await token(0, { roles: [] }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('S38: must be for the demanded organisation', async () => {
    await expect(newVerifier({ orgId: 'org' })(await token())).resolves.toMatchObject({ org_id: 'org' });
    await expect(newVerifier()(await token(), { orgId: 'other' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(newVerifier()(await token(0, { org_id: null }), { orgId: 'org' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

/** Options of a consumer without TypeScript, or with an unset variable. */
// biome-ignore lint/suspicious/noExplicitAny: the types refuse these options.
const untyped = (value: unknown) => value as any;

describe('a role', () => {
  const founder = { org_id: 'own', roles: ['owner', 'teacher', 'billing-admin'] };

  it('S64: that a person has in an organisation of their own lets them into no other', async () => {
    const demands: Demands = { roles: ['teacher'], orgId: 'org' };
    await expect(newVerifier()(await token(), demands)).resolves.toMatchObject({ sub: 'user' });
    await expect(newVerifier()(await token(0, founder), demands)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(newVerifier(demands)(await token(0, founder))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const ofOne = verifier({ ...newOptions(), orgId: 'org' });
    await expect(ofOne(await token(0, founder), { roles: ['teacher'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(ofOne(await token(), { roles: ['teacher'] })).resolves.toMatchObject({ sub: 'user' });
  });

  it('S64: without an organisation is refused when the verifier is made, and when it is called', async () => {
    const message = 'roles: "teacher" holds only inside an organisation: demand its orgId, too';
    expect(() => newVerifier(untyped({ roles: ['teacher'] }))).toThrow(message);
    expect(() => newVerifier(untyped({ roles: ['platform:admin', 'teacher'] }))).toThrow(message);
    await expect(newVerifier()(await token(), untyped({ roles: ['teacher'] }))).rejects.toThrow(message);
    // Checked before the token, so that the first request shows the programmer the mistake.
    await expect(newVerifier()(undefined, untyped({ roles: ['teacher'] }))).rejects.toThrow(message);
  });

  it('S64: of the platform needs no organisation', async () => {
    const admin = { org_id: null, roles: ['platform:admin'] };
    await expect(newVerifier({ roles: ['platform:admin'] })(await token(0, admin))).resolves.toMatchObject({
      sub: 'user',
    });
    await expect(newVerifier()(await token(), { roles: ['platform:admin'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('S64: that a person without an organisation has by default counts in none', async () => {
    const person = { org_id: null, roles: ['teacher'] };
    await expect(newVerifier()(await token(0, person), { roles: ['teacher'], orgId: 'org' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it.each([
    [[]],
    [['']],
    [[' ']],
    [['teacher ']],
    [['Teacher']],
    [['platform:']],
    [['platform:*']],
    [[undefined]],
    [[null]],
    ['teacher'],
    [undefined],
    [null],
  ])('S64: demanded as %j is refused, and lets nobody in', async (roles) => {
    expect(() => newVerifier(untyped({ roles, orgId: 'org' }))).toThrow(/^roles: /);
    await expect(newVerifier()(await token(), untyped({ roles, orgId: 'org' }))).rejects.toThrow(/^roles: /);
  });

  it.each([undefined, null, '', ' ', 'other', ['org'], { id: 'org' }])(
    'S64: in the organisation %j, as a request may name it, lets nobody in',
    async (orgId) => {
      for (const claims of [{}, { org_id: null }, { org_id: undefined }]) {
        const call = newVerifier()(await token(0, claims), untyped({ roles: ['teacher'], orgId }));
        await expect(call).rejects.toMatchObject({ code: 'FORBIDDEN' });
      }
    },
  );

  it.each([undefined, null, '', ' ', 'org '])('S64: in the organisation %j makes no verifier', (orgId) => {
    expect(() => newVerifier(untyped({ orgId }))).toThrow(/^orgId: /);
    expect(() => newVerifier(untyped({ roles: ['teacher'], orgId }))).toThrow(/^orgId: /);
  });

  it('S64: is demanded as it was when the verifier was made, and when it was called', async () => {
    const options = { ...newOptions(), orgId: 'org', roles: ['teacher'] };
    const verify = verifier(options);
    Object.assign(options, { orgId: 'own', roles: undefined });
    await expect(verify(await token(0, founder))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const demands = { orgId: 'org', roles: ['teacher'] };
    const call = newVerifier()(await token(0, founder), demands);
    Object.assign(demands, { orgId: 'own' });
    await expect(call).rejects.toMatchObject({ code: 'FORBIDDEN' });
    // An instance of a class: read where the property is, not only among its own properties.
    class Config {
      get roles() {
        return ['teacher'];
      }
      get orgId() {
        return 'org';
      }
    }
    await expect(newVerifier()(await token(0, founder), new Config())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(newVerifier()(await token(), new Config())).resolves.toMatchObject({ sub: 'user' });
  });

  it.each([[], new Map([['roles', ['teacher']]]), 'teacher', null])(
    'S64: in anything but an object is refused (%#)',
    async (given) => {
      expect(() => verifier(untyped(given))).toThrow(TypeError);
      await expect(newVerifier()(await token(), untyped(given))).rejects.toThrow('options must be an object');
    },
  );

  it.each([
    [{ roles: 'a teacher of nobody' }],
    [{ roles: { teacher: true } }],
    [{ roles: [['teacher']] }],
    [{ org_id: ['org'] }],
    [{ sub: 7 }],
    [{ sid: '' }],
    [{ jti: null }],
  ])('S64: is read only from claims of the right type: %j', async (claims) => {
    await expect(newVerifier()(await token(0, claims))).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('S64: under a misspelt name is refused, not ignored', async () => {
    expect(() => newVerifier(untyped({ role: ['teacher'] }))).toThrow('role is not an option');
    expect(() => newVerifier(untyped({ org_id: 'org' }))).toThrow('org_id is not an option');
    await expect(newVerifier()(await token(), untyped({ orgID: 'org' }))).rejects.toThrow('orgID is not an option');
  });
});

describe('a verifier', () => {
  it.each([
    undefined,
    null,
    '',
    ' ',
    'id.example.com',
    'ftp://id.example.com',
    'https://id.example.com?x',
    ' https://a.b',
  ])('S64: of the issuer %j is not made', async (bad) => {
    expect(() => verifier({ ...newOptions(), issuer: untyped(bad) })).toThrow(/^issuer: /);
    const expected = { issuer: untyped(bad), audience, clockSkewSeconds: 30, now: new Date(world.now) };
    await expect(verifyToken(await token(), async () => pairs[0]?.jwk, expected)).rejects.toThrow(/^issuer: /);
  });

  it.each([undefined, null, '', ' ', ' a', [], ['huleedu-platform']])(
    'S64: of the audience %j is not made',
    async (bad) => {
      expect(() => verifier({ ...newOptions(), audience: untyped(bad) })).toThrow(/^audience: /);
      const expected = { issuer, audience: untyped(bad), clockSkewSeconds: 30, now: new Date(world.now) };
      await expect(verifyToken(await token(), async () => pairs[0]?.jwk, expected)).rejects.toThrow(/^audience: /);
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 86_400, '30'])(
    'S17: with a clock skew of %j s is not made',
    (skew) => {
      expect(() => verifier({ ...newOptions(), clockSkewSeconds: untyped(skew) })).toThrow(/^clockSkewSeconds: /);
    },
  );

  it('S64: accepts an issuer with a trailing slash', async () => {
    const options: VerifierOptions = { ...newOptions(), issuer: `${issuer}/` };
    await expect(verifier(options)(await token())).resolves.toMatchObject({ iss: issuer });
    expect(world.requests.map(({ url }) => url)).toEqual([`${issuer}/.well-known/jwks.json`]);
  });
});

describe('the Authorization header', () => {
  it.each([
    ['Bearer abc.def.ghi', 'abc.def.ghi'],
    ['bearer abc', 'abc'],
    [' Bearer \t abc \t', 'abc'],
    ['Bearer abc\u00a0', 'abc'],
    ['Bearer a b', 'a b'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearerabc', undefined],
    ['Basic abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j has the token %j', (header, expected) => {
    expect(bearerToken(header)).toBe(expected);
  });

  it('names no error for a request without a token', async () => {
    const challengeOf = (sent: string | undefined) => newVerifier()(sent).catch(({ challenge }) => challenge);
    expect(await challengeOf(bearerToken('Basic abc'))).toBe('Bearer');
    expect(await challengeOf(bearerToken('Bearer a b'))).toBe('Bearer error="invalid_token"');
    expect(await challengeOf(bearerToken(`Bearer ${await token(1)}`))).toBe('Bearer error="invalid_token"');
  });
});
