import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultOrder } from '../../lib/local/aws/faults.ts';
import { functions } from '../../lib/service/functions.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { withTimeout } from '../support/with-timeout.ts';

let service: Service;

/** One route, whose time must run out, has less than its 15 s, so that the test does not wait needlessly. */
const hurried = 'auth-sessions-list';

beforeAll(async () => {
  service = await startService({ ...asDeployed, functions: withTimeout(functions, hurried, 6) });
});
afterAll(() => service.stop());
afterEach(() => service.endpoint.faults.clear());

const order = (fault: Partial<FaultOrder>) =>
  service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', ...fault });

/** Errors in the Data API's words; the last are PostgreSQL's, which it passes on. */
const moments: readonly (readonly [name: string, error: FaultOrder['error']])[] = [
  ['resuming from a pause', { code: 'DatabaseResumingException' }],
  ['unavailable', { code: 'DatabaseUnavailableException', status: 504 }],
  ['throttling', { code: 'ThrottlingException' }],
  ['failing inside', { code: 'InternalServerErrorException', status: 500 }],
  ['resuming so slowly that the statement timed out', { code: 'StatementTimeoutException' }],
  ['stopping', { code: 'InvalidResourceStateException' }],
  ['not given its secret', { code: 'SecretsErrorException' }],
  ['given a secret that is being changed', { code: 'InvalidSecretException' }],
  ['failing without an SQLState', { code: 'DatabaseErrorException', message: 'Database error' }],
  ['behind a front end that fails', { code: 'BadGateway', status: 502 }],
  ['refusing service', { code: 'ServiceUnavailableError', status: 503 }],
  ['starting up', { code: 'BadRequestException', message: 'the database system is starting up; SQLState: 57P03' }],
  [
    'failing over',
    { code: 'BadRequestException', message: 'cannot execute INSERT in a read-only transaction; SQLState: 25006' },
  ],
  [
    'cutting connections',
    { code: 'BadRequestException', message: 'terminating connection due to administrator command; SQLState: 57P01' },
  ],
];

describe.each(moments)('a database that is %s', (_name, error) => {
  it('is asked again within the request, which succeeds', async () => {
    const { bearer } = await registerAndLogin(service);
    order({ error, times: 2 });
    const answer = await service.get('/v1/auth/me', bearer);
    expect(answer.status).toBe(200);
    expect(service.endpoint.faults.list()).toEqual([]);
  });
});

describe('a connection that is lost', () => {
  it('before the statement ran, costs nothing', async () => {
    order({ drop: true, times: 2 });
    const email = newEmail();
    const answer = await service.post('/v1/auth/register', { email, password: 'correct horse battery staple' });
    expect(answer.status).toBe(201);
  });

  it('after it ran, makes nothing twice: one account, one event', async () => {
    const email = newEmail();
    // Of the two calls of a registration, the second writes: it is done, and its answer is lost.
    order({ delay_ms: 1, times: 1 });
    order({ drop: true, after: true, times: 1 });
    const answer = await service.post('/v1/auth/register', { email, password: 'correct horse battery staple' });
    expect(answer.status).toBe(201);
    const rows = await service.sql('select user_id from users where email = $1', [email]);
    expect(rows).toEqual([{ user_id: answer.body.user_id }]);
    const events = await service.sql(
      `select event_id from event_outbox where topic = 'huleedu.identity.user.registered.v1' and aggregate_id = $1`,
      [answer.body.user_id],
    );
    expect(events).toHaveLength(1);
  });
});

it('that hangs once is asked again within the request, which succeeds', async () => {
  const { bearer } = await registerAndLogin(service);
  order({ delay_ms: 60_000 });
  const calls = await service.callsDuring(async () => {
    expect((await service.get('/v1/auth/me', bearer)).status).toBe(200);
  });
  expect(calls['rds-data.ExecuteStatement']).toBe(2);
});

describe('a database that does not come back in time', () => {
  it('ends the request in 503 with Retry-After, before the function’s own time is up', async () => {
    const { bearer } = await registerAndLogin(service);
    order({ error: { code: 'DatabaseResumingException' }, times: null });
    const answer = await service.get('/v1/auth/sessions', bearer);
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(service.logs().some(({ line }) => line.includes('"DatabaseUnavailable":1'))).toBe(true);
    // It has resumed meanwhile, woken by that request.
    service.endpoint.faults.clear();
    expect((await service.get('/v1/auth/sessions', bearer)).status).toBe(200);
  });

  it('does the same if it does not answer at all', async () => {
    const { bearer } = await registerAndLogin(service);
    order({ delay_ms: 60_000, times: null });
    const answer = await service.get('/v1/auth/sessions', bearer);
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
  });
});

it('is not asked again after an error that no waiting changes', async () => {
  const { bearer } = await registerAndLogin(service);
  order({ error: { code: 'BadRequestException', message: 'syntax error; SQLState: 42601' }, times: 1 });
  const calls = await service.callsDuring(async () => {
    expect((await service.get('/v1/auth/me', bearer)).status).toBe(500);
  });
  expect(calls['rds-data.ExecuteStatement']).toBe(1);
});
