/** HMAC keys rotated and dropped by an operator while the service runs (S71). */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  dropSecret,
  rotateSecret,
  type SecretOperator,
  secretOperator,
  showSecrets,
} from '../../lib/operator/secrets.ts';
import { secretNames } from '../../lib/service/capability.ts';
import { beginLogin, setUpApp, showFactor } from '../support/factors.ts';
import { mailedToken } from '../support/mailbox.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { databaseOf } from '../support/outbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

let service: Service;
let operator: SecretOperator;
let offset = 0;
const said: string[] = [];
const pass = (seconds: number) => {
  offset += seconds;
  service.setClockOffset(offset);
};

beforeAll(async () => {
  service = await startService(asDeployed);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  operator = {
    ...secretOperator(undefined),
    client: new SecretsManagerClient({ endpoint: service.awsUrl, region: 'eu-north-1', credentials }),
    database: () => databaseOf(service),
    now: () => new Date(Date.now() + offset * 1000),
    say: (line) => said.push(line),
  };
});
afterAll(() => service.stop());
beforeEach(() => {
  said.length = 0;
});

const refresh = (token: string) => service.post('/v1/auth/refresh', { refresh_token: token });
const told = () => said.join('\n');

describe('the chain key', () => {
  it('S71: is rotated and dropped while sessions continue, and those not refreshed since then end', async () => {
    const [idle, busy] = [await registerAndLogin(service), await registerAndLogin(service)];
    await rotateSecret(operator, 'refresh-chain');
    let { refresh_token } = (await refresh(busy.refreshToken)).body;
    pass(5 * MINUTE);
    refresh_token = (await refresh(refresh_token)).body.refresh_token;
    expect((await refresh(refresh_token)).status).toBe(200);
    // A replay in the middle of the chain, whose version of the key is about to be dropped.
    refresh_token = (await refresh(refresh_token)).body.refresh_token;

    await dropSecret(operator, 'refresh-chain', false);
    expect(told()).toContain('It ends every session that was not refreshed since');
    expect(said.at(-1)).toBe('Nothing was done. Repeat with --yes to do it.');
    expect(
      (await service.post('/v1/auth/introspect', { token: idle.refreshToken }, service.iamHeaders)).body.active,
    ).toBe(true);

    await dropSecret(operator, 'refresh-chain', true);
    pass(5 * MINUTE);
    const ended = await refresh(idle.refreshToken);
    expect([ended.status, ended.body.code]).toEqual([401, 'REFRESH_TOKEN_INVALID']);
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(await service.outbox('huleedu.identity.session.revoked.v1')).toEqual([]);
  });

  it('ends nothing if it is dropped after all its sessions have ended', async () => {
    await rotateSecret(operator, 'refresh-chain');
    pass(31 * DAY);
    await dropSecret(operator, 'refresh-chain', true);
    expect(told()).toContain('It ends nothing');
  });
});

it('S71: the link key: links mailed before a drop are void, and the answer says so', async () => {
  const email = newEmail();
  await registerAndLogin(service, { email });
  const token = await mailedToken(service, email, 'verify_email');
  await rotateSecret(operator, 'one-time-token');
  await dropSecret(operator, 'one-time-token', true);
  expect(told()).toContain('It ends every link that was mailed before');
  expect(told()).toContain('In an emergency, do not wait');
  pass(5 * MINUTE);
  const { status, body } = await service.post('/v1/auth/verify-email', { token });
  expect([status, body.code]).toEqual([400, 'VERIFICATION_TOKEN_INVALID']);
});

describe('the keys of factors', () => {
  const heads = async (userId: string) => {
    const [row] = await service.sql(
      "select encode(substring(secret from 1 for 9), 'hex') as head from factors where user_id = $1 and kind = 'totp'",
      [userId],
    );
    return row?.head;
  };

  it('S71: apps are sealed again before a version goes, and go on', async () => {
    const person = await registerAndLogin(service);
    const app = await setUpApp(service, person, () => offset);
    const before = await heads(person.userId);
    await rotateSecret(operator, 'totp');
    await expect(dropSecret(operator, 'totp', true)).rejects.toThrow('Functions may still seal with it');
    pass(6 * MINUTE + 1);
    expect((await showFactor(service, await beginLogin(service, person), 'totp', app.code())).status).toBe(200);
    said.length = 0;
    await dropSecret(operator, 'totp', false);
    expect(told()).toContain('1 authenticator apps are sealed with it');
    expect(await heads(person.userId)).toBe(before);
    await dropSecret(operator, 'totp', true);
    expect(told()).toContain('1 were sealed again');
    expect(await heads(person.userId)).not.toBe(before);
    pass(5 * MINUTE);
    expect((await showFactor(service, await beginLogin(service, person), 'totp', app.code())).status).toBe(200);
  });

  it('S71: it is said how many people lose recovery codes', async () => {
    const person = await registerAndLogin(service);
    const app = await setUpApp(service, person, () => offset);
    const { codes } = (await service.post('/v1/auth/recovery-codes', undefined, person.bearer)).body;
    await rotateSecret(operator, 'recovery');
    expect(told()).toContain('1 people have recovery codes');
    pass(6 * MINUTE);
    expect((await showFactor(service, await beginLogin(service, person), 'recovery', codes[0])).status).toBe(200);
    await dropSecret(operator, 'recovery', true);
    expect(told()).toContain('1 people lose their recovery codes');
    pass(5 * MINUTE);
    const mfaToken = await beginLogin(service, person);
    expect((await showFactor(service, mfaToken, 'recovery', codes[1])).status).toBe(401);
    expect((await showFactor(service, mfaToken, 'totp', app.code())).status).toBe(200);
  });
});

describe('a command that is run again', () => {
  it('S71: does not rotate a second time, which would silently drop a version', async () => {
    await rotateSecret(operator, 'pseudonym');
    expect(told()).toContain('Counts and locks then begin anew');
    await expect(rotateSecret(operator, 'pseudonym')).rejects.toThrow('Drop that first');
    await dropSecret(operator, 'pseudonym', true);
    await dropSecret(operator, 'pseudonym', true);
    expect(said.at(-1)).toContain('there is none to drop');
  });

  it('knows every secret of the table, and no other', async () => {
    await showSecrets(operator);
    for (const name of secretNames) expect(told()).toContain(name);
    await expect(dropSecret(operator, 'database-owner', true)).rejects.toThrow('No secret database-owner');
  });

  it('is available as npm run keys', async () => {
    const rotated = await operatorCommand(service, ['keys.ts', 'rotate', 'refresh-chain']);
    expect(rotated).toMatchObject({ code: 0, out: expect.stringContaining('refresh-chain has a new version') });
    const dropped = await operatorCommand(service, ['keys.ts', 'drop', 'refresh-chain']);
    expect(dropped).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was done') });
    const status = await operatorCommand(service, ['keys.ts', 'status']);
    expect(status.out).toMatch(/^active /m);
    expect(status.out).toMatch(/^refresh-chain .*makes from .*\n .*honoured until it is dropped/m);
    expect(await operatorCommand(service, ['keys.ts', 'rotate', 'nothing'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('No secret nothing, only pseudonym'),
    });
  });
});
