import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { newEmail } from '../support/people.ts';
import { asDeployed, startService } from '../support/service.ts';
import { newTestDatabase } from '../support/shared-postgres.ts';
import { sharedService } from '../support/shared-service.ts';

it('S9: counts and locks survive the end of every function', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cold-'));
  const database = await newTestDatabase(inject('sharedPostgres'), `test_${randomBytes(6).toString('hex')}`);
  const person = { email: newEmail(), password: 'correct horse battery staple' };
  const statuses: number[] = [];
  // The beginning of an hour, so that all tries are in one window, whenever the second host starts.
  const beginning = Math.ceil(Date.now() / 3_600_000) * 3600 + 5;
  // A new host for every three tries: each begins with functions that never ran.
  for (let start = 0; start < 2; start++) {
    const service = await startService({ ...asDeployed, directory, database, settings: { rateLimiting: 'on' } });
    try {
      service.setClockOffset(beginning - Date.now() / 1000);
      if (start === 0) await service.post('/v1/auth/register', person);
      for (let n = 0; n < 3; n++) statuses.push((await service.post('/v1/auth/login', person)).status);
    } finally {
      await service.stop();
    }
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  await rm(directory, { recursive: true, force: true });
});

it('S9: RATE_LIMITS=off counts nothing, but still locks', async () => {
  const service = await sharedService();
  try {
    const email = newEmail();
    const password = 'correct horse battery staple';
    await service.post('/v1/auth/register', { email, password });
    for (let n = 0; n < 7; n++) expect((await service.post('/v1/auth/login', { email, password })).status).toBe(200);
    for (let n = 0; n < 5; n++) await service.post('/v1/auth/login', { email, password: `${password}.` });
    expect((await service.post('/v1/auth/login', { email, password })).status).toBe(401);
    expect(await service.sql('select from rate_limits')).toEqual([]);
  } finally {
    await service.stop();
  }
});
