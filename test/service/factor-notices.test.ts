/** What follows the change of a factor, whichever statement makes it (functions/store/factor-changes.ts). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UserId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { announceFactorChange, factorChangeParameters } from '../../functions/store/factor-changes.ts';
import { setUpApp } from '../support/factors.ts';
import { deliverMail, mailTo, newestMail } from '../support/mailbox.ts';
import { proveAddress } from '../support/organizations.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());

interface FactorEvent {
  readonly event_type: string;
  readonly data: { readonly user_id: string };
}

const factorEvents = (userId: string) =>
  service.events
    .events()
    .map(({ detail }) => detail as unknown as FactorEvent)
    .filter(({ event_type, data }) => event_type.includes('.factor.') && data.user_id === userId)
    .map(({ event_type, data }) => ({ event_type, data }));

it('S85: each change of a factor is announced, mailed and audited, and a statement that changes none is silent', async () => {
  const { userId, email } = await registerAndLogin(service);
  const context = contextAt(new Date());
  await database.query(
    `
    with added as (
      insert into factors (factor_id, user_id, kind, code_hashes, confirmed_at, created_at)
      values (uuidv7(), :user_id::uuid, 'recovery', '{}', :now::timestamptz, :now::timestamptz)
      returning user_id, kind
    ),
    ${announceFactorChange('added', 'added')}
    select`,
    { user_id: userId, ...factorChangeParameters(context, userId as UserId) },
  );
  const remove = () =>
    database.query(
      `
      with gone as (delete from factors where user_id = :user_id::uuid returning user_id, kind),
      ${announceFactorChange('removed', 'gone', { many: true })}
      select`,
      { user_id: userId, ...factorChangeParameters(context, null) },
    );
  await remove();
  await remove();

  expect((await newestMail(service, email, 'factor_added')).Subject).toMatch(/^You have new recovery codes at /);
  expect((await newestMail(service, email, 'factor_removed')).Subject).toMatch(/^Your recovery codes were removed at /);
  expect(mailTo(service, email).filter(({ Tags }) => Tags?.[0]?.Value === 'factor_removed')).toHaveLength(1);
  const data = {
    user_id: userId,
    factor: 'recovery',
    at: context.now.toISOString(),
    correlation_id: context.correlationId,
  };
  expect(factorEvents(userId)).toEqual([
    { event_type: 'huleedu.identity.factor.added.v1', data },
    { event_type: 'huleedu.identity.factor.removed.v1', data },
  ]);
  const entries = await service.sql(
    `select action, actor_id, detail from audit_log where user_id = $1 and action like 'factor.%' order by action`,
    [userId],
  );
  expect(entries).toEqual([
    { action: 'factor.added', actor_id: null, detail: { factor: 'recovery' } },
    { action: 'factor.removed', actor_id: null, detail: { factor: 'recovery' } },
  ]);
});

it('S9: whoever registers a stranger’s address floods nobody by changes; who has proved it is told of each', async () => {
  const limited = await sharedService({ rateLimiting: 'on' });
  const mailed = async (prove: boolean) => {
    const person = await registerAndLogin(limited);
    if (prove) await proveAddress(limited, person);
    await setUpApp(limited, person);
    for (let sets = 0; sets < 4; sets++) await limited.post('/v1/auth/recovery-codes', undefined, person.bearer);
    await deliverMail(limited);
    return mailTo(limited, person.email).filter(({ Tags }) => Tags?.[0]?.Value === 'factor_added').length;
  };
  expect([await mailed(false), await mailed(true)]).toEqual([3, 5]);
  await limited.stop();
});
