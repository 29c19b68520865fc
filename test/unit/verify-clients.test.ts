/** The verifier that consumers import: tokens of clients and of machines. */
import { beforeEach, describe, expect, it } from 'vitest';
import { callerVerifier, isMachine, machineVerifier, verifyToken } from '../../functions/packages/verify/index.ts';
import { audience, begin, issuer, newOptions, newVerifier, pairs, token, world } from '../support/token-issuer.ts';

beforeEach(begin);

/** Options of a consumer without TypeScript. */
// biome-ignore lint/suspicious/noExplicitAny: the types refuse these options.
const untyped = (value: unknown) => value as any;

describe('a token of a client', () => {
  const machine = { sub: 'reports', client_id: 'reports', scope: 'essays:read', sid: undefined };
  const person = { client_id: 'web', scope: 'openid essays:read' };

  it('S76: of a machine is nobody’s: only a verifier for machines, or for all, takes it', async () => {
    const verified = await machineVerifier(newOptions())(await token(0, machine));
    expect(verified).toMatchObject({ sub: 'reports' });
    const caller = await callerVerifier(newOptions())(await token(0, machine));
    expect([isMachine(caller), isMachine(await callerVerifier(newOptions())(await token()))]).toEqual([true, false]);
    for (const verify of [newVerifier(), (one: string) => verifyToken(one, async () => pairs[0]?.jwk, expected())]) {
      await expect(verify(await token(0, machine))).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    }
    await expect(machineVerifier(newOptions())(await token())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('S76: without a session must be of the client itself', async () => {
    for (const claims of [
      { ...machine, sub: 'user' },
      { ...machine, client_id: undefined },
    ]) {
      await expect(callerVerifier(newOptions())(await token(0, claims))).rejects.toMatchObject({
        code: 'TOKEN_INVALID',
      });
    }
  });

  it('names who acts for the person, and is refused where that is no name', async () => {
    const act = { sub: 'essays', act: { sub: 'web' } };
    const claims = await newVerifier({ clients: ['essays'] })(await token(0, { ...person, client_id: 'essays', act }));
    expect([claims.sub, claims.act?.sub, claims.act?.act?.sub]).toEqual(['user', 'essays', 'web']);
    for (const odd of [null, 'essays', {}, { sub: 7 }]) {
      await expect(newVerifier()(await token(0, { ...person, act: odd }))).rejects.toMatchObject({
        code: 'TOKEN_INVALID',
      });
    }
  });

  it('S64: of a machine meets no demand for a role or an organisation', async () => {
    const everything = { ...machine, roles: ['platform:admin'], org_id: 'org' };
    const verify = callerVerifier(newOptions());
    await expect(verify(await token(0, everything), { orgId: 'org' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(verify(await token(0, everything), { roles: ['platform:admin'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('has to have each scope that is demanded, and the challenge names them', async () => {
    const verify = newVerifier({ scopes: ['openid'] });
    await expect(verify(await token(0, person), { scopes: ['essays:read'] })).resolves.toMatchObject({ sub: 'user' });
    const lacks = verify(await token(0, person), { scopes: ['essays:read', 'essays'] });
    await expect(lacks).rejects.toMatchObject({
      code: 'FORBIDDEN',
      challenge: 'Bearer error="insufficient_scope", scope="essays:read essays"',
    });
    await expect(verify(await token())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('has to be of a client that is demanded', async () => {
    await expect(newVerifier({ clients: ['app', 'web'] })(await token(0, person))).resolves.toBeDefined();
    await expect(newVerifier({ clients: ['app'] })(await token(0, person))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(newVerifier({ clients: ['app'] })(await token())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([{ scopes: [] }, { scopes: 'openid' }, { scopes: ['a b'] }, { clients: [''] }, { clients: undefined }])(
    'is not verified with the demand %j',
    (demands) => {
      expect(() => newVerifier(untyped(demands))).toThrow(TypeError);
    },
  );

  it('of a machine: its verifier knows no roles', () => {
    expect(() => machineVerifier({ ...newOptions(), ...untyped({ roles: ['teacher'] }) })).toThrow(
      'roles is not an option',
    );
  });
});

const expected = () => ({ issuer, audience, clockSkewSeconds: 30, now: new Date(world.now) });
