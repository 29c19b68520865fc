/** Migrations while calls to the database are lost: a deployment goes on, and each is applied once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FaultOrder } from '../../lib/local/aws/faults.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  // Its own, since migrations are taken off the list.
  service = await startService();
});
afterAll(() => service.stop());

const OPERATIONS = ['BeginTransaction', 'ExecuteStatement', 'CommitTransaction'] as const;
const faults: Readonly<Record<string, Pick<FaultOrder, 'drop' | 'after' | 'error'>>> = {
  'does not arrive': { drop: true },
  'is lost after its work': { drop: true, after: true },
  'times out': { error: { code: 'StatementTimeoutException' } },
  'fails inside after its work': { error: { code: 'InternalServerErrorException', status: 500 }, after: true },
};
const each = OPERATIONS.flatMap((operation) => Object.keys(faults).map((fault) => [operation, fault] as const));

it.each(each)('a job of which a call %s %s ends as if nothing had been', async (operation, fault) => {
  // The last, which may run twice, so as to see how often it did.
  await service.sql(`alter table mails drop column stopped`);
  await service.sql(`delete from schema_migrations where name like '0023%'`);
  service.endpoint.faults.order({ service: 'rds-data', operation, ...faults[fault] });
  const { applied } = (await service.runJob('migrate')) as { applied: string[] };
  expect(service.endpoint.faults.list()).toEqual([]);
  const [noted] = await service.sql(`select count(*)::integer as times from schema_migrations where name like '0023%'`);
  expect([noted, applied.length <= 1]).toEqual([{ times: 1 }, true]);
  await service.sql('select stopped from mails');
});

it('a fault that stays is reported', async () => {
  service.endpoint.faults.order({
    service: 'rds-data',
    operation: 'CommitTransaction',
    error: { code: 'AccessDeniedException', status: 403 },
  });
  await expect(service.runJob('migrate')).rejects.toThrow();
});
