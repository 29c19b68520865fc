import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../lib/functions.ts';
import type { FaultOrder } from '../../lib/local/aws/faults.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  // The one that registers is killed after a second, whatever it is at. Counting is on, so that it has both its calls.
  const killed = functions.map((spec) => (spec.name === 'auth-register' ? { ...spec, timeout: 1 } : spec));
  service = await startService({ functions: killed, settings: { rateLimiting: 'on' } });
});
afterAll(() => service.stop());

const password = 'correct horse battery staple';
const statement = { service: 'rds-data', operation: 'ExecuteStatement' } as const;
/** Takes a call's place and harms nothing. */
const unharmed: FaultOrder = { ...statement, delay_ms: 1 };
/** Holds the call until the function is dead; what it asks is never done. */
const before: FaultOrder = { ...statement, delay_ms: 1_500, drop: true };
/** The same, when it has been done. */
const after: FaultOrder = { ...before, after: true };

describe('S46: a registration that is killed leaves the account and its event, or neither', () => {
  it.each([
    ['before the request is admitted', [before], 0],
    ['between admitting and hashing', [after], 0],
    ['between hashing and creating', [unharmed, before], 0],
    ['between creating and answering', [unharmed, after], 1],
  ])('%s', async (_when, faults, expected) => {
    const email = newEmail();
    for (const fault of faults) service.endpoint.faults.order(fault);
    const answer = await service.post('/v1/auth/register', { email, password, organization_name: 'Skolan' });
    expect(answer.status).toBe(500);
    expect(service.endpoint.faults.list()).toEqual([]);

    const [found] = await service.sql(
      `
      select
        (select count(*)::integer from users where email = $1) as accounts,
        (select count(*)::integer from organizations join memberships using (org_id) join users using (user_id)
          where email = $1) as organizations,
        (select count(*)::integer from event_outbox
          where topic = 'huleedu.identity.user.registered.v1' and data->>'email' = $1) as events,
        (select count(*)::integer from audit_log join users using (user_id) where email = $1) as audit_entries`,
      [email],
    );
    expect(found).toEqual({
      accounts: expected,
      organizations: expected,
      events: expected,
      audit_entries: expected,
    });
  });

  it('and stands in nobody’s way: the same person registers afterwards', async () => {
    const email = newEmail();
    service.endpoint.faults.order(unharmed);
    service.endpoint.faults.order(before);
    await service.post('/v1/auth/register', { email, password });
    const again = await service.post('/v1/auth/register', { email, password });
    expect(again.status).toBe(201);
    expect(await service.outbox('huleedu.identity.user.registered.v1')).toContainEqual(
      expect.objectContaining({ user_id: again.body.user_id, email }),
    );
  });
});
