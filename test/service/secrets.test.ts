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
import { mailedToken } from '../support/mailbox.ts';
import { operatorCommand } from '../support/operator-command.ts';
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
