import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccessClaims } from '../../functions/domain/access-token.ts';
import { emailKey } from '../../functions/domain/email-address.ts';
import { deleteAccount } from '../../functions/store/account-deletion.ts';
import type { Database } from '../../functions/store/database.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());

it.each([
  'Person@Example.COM',
  '  person@example.com ',
  'A\u030Asa.O\u0308berg@example.se',
  'ΟΔΥΣΣΕΥΣ@example.gr',
  'GRÜẞE@example.de',
  'ИВАН@example.ru',
])('S53: the database folds an address as the functions do: %s', async (address) => {
  const [row] = await service.sql('select email_key_of($1) as key', [address]);
  expect(row?.key).toBe(emailKey(address));
});

it('S53: finds the events that hold an address by their index, however many there are', async () => {
  await service.sql(`
    insert into event_outbox (
      event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at,
      published_at
    )
    select
      uuidv7(), 'huleedu.identity.user.registered.v1', 'user', uuidv7(), 1, uuidv7(),
      jsonb_build_object('email', n || '@example.com'), now(), now(), now()
    from generate_series(1, 10000) as n`);
  // Invitations too: PostgreSQL takes a table that was truncated and not looked at since for one of some hundred rows.
  await service.sql('analyze event_outbox, invitations');
  let plan = '';
  const explaining: Database = {
    async query(sql, parameters) {
      const lines = await database.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${sql}`, parameters);
      plan = lines.map((line) => line['QUERY PLAN']).join('\n');
      return [];
    },
  };
  const claims = { sub: randomUUID(), sid: randomUUID() } as unknown as AccessClaims;
  const keys = { addressKey: Buffer.alloc(32), sessionKey: Buffer.alloc(32) };
  const deletion = {
    email: '1@example.com',
    passwordEpoch: 0,
    settings: defaultSettings,
    passwordShown: true,
    ...keys,
  };
  await deleteAccount(explaining, claims, deletion, contextAt(new Date()));
  const filled = await service.sql('select distinct tableoid::regclass::text as partition from event_outbox');
  const partition = filled[0]?.partition;
  expect(plan).toContain(`Index Scan using ${partition}_email_key_of_idx`);
  expect(plan).not.toContain(`Seq Scan on ${partition}`);
});
