import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultOrder } from '../../lib/local/aws/faults.ts';
import { until } from '../support/await-condition.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeEach(async () => {
  // Counting is on, so that a registration makes both calls: to be admitted, and to create the account.
  service = await startService({ settings: { rateLimiting: 'on' } });
});
afterEach(() => service.stop());

const statement = { service: 'rds-data', operation: 'ExecuteStatement' } as const;
/** Takes the place of a call and changes nothing. */
const unharmed: FaultOrder = { ...statement, delay_ms: 1 };
/** Holds the call longer than the function lives: its work is never done. */
const before: FaultOrder = { ...statement, delay_ms: 60_000, drop: true };
/** Holds the answer: the call's work is done. */
const after: FaultOrder = { ...before, after: true };

describe('S46: a registration that is killed leaves the account and its event, or neither', () => {
  it.each([
    ['before the request is admitted', [before], 'select', 0],
    ['between admitting and hashing', [after], 'select from rate_limits', 0],
    ['between hashing and creating', [unharmed, before], 'select from rate_limits', 0],
    ['between creating and answering', [unharmed, after], 'select from users', 1],
  ])('%s', async (_when, faults, reached, expected) => {
    for (const fault of faults) service.endpoint.faults.order(fault);
    const answer = service.post('/v1/auth/register', {
      email: newEmail(),
      password: 'correct horse battery staple',
      organization_name: 'Skolan',
    });
    await until('the call is held', async () => {
      return service.endpoint.faults.list().length === 0 && (await service.sql(reached)).length > 0;
    });
    await service.runtime.close();
    expect((await answer).status).toBe(500);

    const [found] = await service.sql(`
      select
        (select count(*)::integer from users) as accounts,
        (select count(*)::integer from organizations join memberships using (org_id)) as organizations,
        (select count(*)::integer from event_outbox where topic = 'huleedu.identity.user.registered.v1') as events,
        (select count(*)::integer from audit_log where action = 'user.registered') as audit_entries`);
    expect(found).toEqual({ accounts: expected, organizations: expected, events: expected, audit_entries: expected });
  });
});
