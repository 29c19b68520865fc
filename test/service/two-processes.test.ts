import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { SharedDatabase } from '../../lib/local/stage-database.ts';
import type { SecretName } from '../../lib/service/capability.ts';
import { registerAndLogin } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { newTestDatabase } from '../support/shared-postgres.ts';

/** Two hosts with one database, one set of secrets and one set of keys, but with gateways and workers of their own. */
let directory: string;
let database: SharedDatabase;
let one: Service;
let other: Service;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shared-'));
  database = await newTestDatabase(inject('sharedPostgres'), `test_${randomBytes(6).toString('hex')}`);
  one = await startService({ ...asDeployed, directory, database });
  other = await startService({ ...asDeployed, directory, database });
});
afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await rm(directory, { recursive: true, force: true });
});

const refresh = (service: Service, token: string) => service.post('/v1/auth/refresh', { refresh_token: token });

it('S19: 50 refreshes at once over two processes all succeed, with one successor and one live session', async () => {
  const person = await registerAndLogin(one);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => refresh(index % 2 ? one : other, person.refreshToken)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  const successors = new Set(answers.map(({ body }) => body.refresh_token));
  expect(successors.size).toBe(1);
  const [successor = ''] = successors;
  expect((await refresh(one, successor)).status).toBe(200);
  expect(await one.sql('select count(*)::int from sessions where revoked_at is null')).toEqual([{ count: 1 }]);
});

it('S22: a session that one process ends is over for the other', async () => {
  const person = await registerAndLogin(one);
  expect((await one.post('/v1/auth/logout', { refresh_token: person.refreshToken })).status).toBe(204);
  expect((await refresh(other, person.refreshToken)).body.code).toBe('REFRESH_TOKEN_INVALID');
});

it('the chain key is rotated while sessions continue: one version makes tokens, both are accepted', async () => {
  const { refreshToken } = await registerAndLogin(one);
  await rotate('refresh-chain');
  // A warm function knows the old version, a new one knows both.
  const warm = await refresh(one, refreshToken);
  expect(warm.status).toBe(200);
  const started = await startService({ ...asDeployed, directory, database });
  try {
    expect((await refresh(started, refreshToken)).body.refresh_token).toBe(warm.body.refresh_token);
    const next = await refresh(started, warm.body.refresh_token);
    expect(next.status).toBe(200);
    expect((await refresh(one, next.body.refresh_token)).status).toBe(200);
    // All make tokens with the new version by now.
    for (const service of [one, started]) service.setClockOffset(301);
    const replayed = await refresh(started, next.body.refresh_token);
    expect(replayed.body.code).toBe('REFRESH_TOKEN_REUSED');
  } finally {
    one.setClockOffset(0);
    await started.stop();
  }
});

it('S10: failures are counted under one key while it changes, and lock the address', async () => {
  const { email, password } = await registerAndLogin(one);
  const login = async (service: Service, given: string) =>
    (await service.post('/v1/auth/login', { email, password: given })).status;
  for (let tries = 0; tries < 3; tries++) await login(one, 'a wrong horse battery staple');
  await rotate('pseudonym');
  // It also knows the new version, unlike the warm one.
  const started = await startService({ ...asDeployed, directory, database });
  try {
    for (let tries = 0; tries < 2; tries++) await login(started, 'a wrong horse battery staple');
    expect([await login(started, password), await login(one, password)]).toEqual([401, 401]);
  } finally {
    await started.stop();
  }
});

async function rotate(secret: SecretName): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: one.awsUrl, region: 'eu-north-1', credentials });
  const SecretString = JSON.stringify({ key: randomBytes(32).toString('base64url') });
  await client.send(new PutSecretValueCommand({ SecretId: `identity-local/${secret}`, SecretString }));
  client.destroy();
}
