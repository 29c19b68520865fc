/** S72: if new personal data lacks the export, the deletion or the declaration, a guard names what is missing. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { events } from '../../functions/contracts/events/registry.ts';
import { type Table, tables } from '../../functions/store/personal-data.ts';
import { personalEventFields } from '../../functions/store/personal-event-fields.ts';
import type { Person } from '../support/people.ts';
import { fillAndRead, leftBehind, leftOut, undeclaredColumns, unfilled } from '../support/personal-data.ts';
import { leftInEvents, undeclaredFields, writeSamples } from '../support/personal-events.ts';
import { bystander, exportOf, somebody } from '../support/personal-world.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  // A service of its own, as the tests change the schema.
  service = await startService();
  await bystander(service);
});
afterAll(() => service.stop());

const deleteAccount = async ({ password, bearer }: Person) =>
  expect((await service.delete('/v1/auth/me', { password }, bearer)).status).toBe(204);

function change(name: string, by: (table: Table) => Table): Record<string, Table> {
  const table = tables[name];
  if (!table) throw new Error(`no table ${name}`);
  return { ...tables, [name]: by(table) };
}
const withColumn = (table: string, column: string, how: Table['personal'][string]) =>
  change(table, (was) => ({ ...was, personal: { ...was.personal, [column]: how } }));

describe('S72: a guard finds', () => {
  const undo: string[] = [];
  const alter = async (sql: string, undone: string) => {
    await service.sql(sql);
    undo.push(undone);
  };
  afterEach(async () => {
    for (const sql of undo.splice(0)) await service.sql(sql);
  });

  it('a column that is not declared, and one that no longer exists', async () => {
    await alter('alter table users add column phone_number text', 'alter table users drop column phone_number');
    expect(await undeclaredColumns(service)).toEqual([expect.stringMatching(/^users\.phone_number is not declared/)]);
    const declared = withColumn('users', 'fax_number', { exported: 'profile.fax_number' });
    expect(await undeclaredColumns(service, declared)).toContainEqual(
      expect.stringMatching(/^users\.fax_number is declared, and the database has no such column/),
    );
  });

  it('a table that is not declared', async () => {
    await alter('create table phones (user_id uuid, phone_number text)', 'drop table phones');
    expect(await undeclaredColumns(service)).toEqual([
      expect.stringMatching(/^phones\.user_id is not declared/),
      expect.stringMatching(/^phones\.phone_number is not declared/),
    ]);
  });

  it('a column that the export leaves out', async () => {
    await alter('alter table users add column phone_number text', 'alter table users drop column phone_number');
    const declared = withColumn('users', 'phone_number', { exported: 'profile.phone_number' });
    const person = await somebody(service);
    const held = await fillAndRead(service, person, declared);
    expect(leftOut(held, await exportOf(service, person), declared)).toEqual([
      expect.stringMatching(/^users\.phone_number is personal, and the export has no profile\.phone_number/),
    ]);
  });

  it('a table whose rows survive the account, and a column of rows that stay', async () => {
    await alter('create table phones (user_id uuid primary key, phone_number text)', 'drop table phones');
    await alter('alter table audit_log add column user_agent text', 'alter table audit_log drop column user_agent');
    const declared: Record<string, Table> = {
      ...withColumn('audit_log', 'user_agent', { withheld: 'for a try' }),
      phones: {
        of: 'user_id = :user_id::uuid',
        deletion: 'rows go',
        personal: { phone_number: { withheld: 'for a try' } },
        other: ['user_id'],
      },
    };
    const person = await somebody(service);
    await service.sql(`insert into phones values ($1, '+46 70 174 06 05')`, [person.userId]);
    const held = await fillAndRead(service, person, declared);
    await deleteAccount(person);
    expect((await leftBehind(service, held, declared)).toSorted()).toEqual([
      expect.stringMatching(/^audit_log\.user_agent survives the account: erase audit_log\.user_agent in /),
      expect.stringMatching(/^phones keeps the account's rows: erase phones in /),
      expect.stringMatching(/^phones\.phone_number survives the account: /),
    ]);
  });

  it('a copy of a column in an undeclared place', async () => {
    const person = await somebody(service);
    const held = await fillAndRead(service, person);
    await alter('alter table inbox add column note text', 'delete from inbox; alter table inbox drop column note');
    await service.sql(
      `insert into inbox (consumer, event_id, received_at, done_at, note)
      select 'try', user_id, now(), now(), 'to ' || display_name from users where user_id = $1`,
      [person.userId],
    );
    await deleteAccount(person);
    expect(await leftBehind(service, held)).toEqual([
      expect.stringMatching(/^users\.display_name survives the account, in inbox\.note: erase inbox\.note in /),
    ]);
  });

  it('a column for which the test has no value', async () => {
    await alter(
      'alter table users add column shoe_size integer constraint none check (shoe_size is null)',
      'alter table users drop column shoe_size',
    );
    const declared = withColumn('users', 'shoe_size', { exported: 'profile.shoe_size' });
    expect(unfilled(await fillAndRead(service, await somebody(service), declared), declared)).toEqual([
      expect.stringMatching(/^users\.shoe_size is empty/),
    ]);
  });

  const REGISTERED = 'huleedu.identity.user.registered.v1';
  const LOCKED = 'huleedu.identity.account.locked.v1';
  const withField = (topic: typeof REGISTERED | typeof LOCKED, field: string, schema: z.ZodMiniType) => ({
    ...events,
    [topic]: { schema: z.extend(events[topic].schema, { [field]: schema }) },
  });

  it('a field of an event that is not declared', () => {
    const contracts = withField(REGISTERED, 'phone_number', z.optional(z.string()));
    expect(undeclaredFields(contracts)).toEqual([
      expect.stringMatching(/^phone_number of huleedu\.identity\.user\.registered\.v1 is not declared/),
    ]);
  });

  it('a personal field that erasure leaves, and one in an event that erasure does not find', async () => {
    const personal = { ...personalEventFields, phone_number: null };
    const contracts = {
      ...withField(REGISTERED, 'phone_number', z.optional(z.string())),
      [LOCKED]: withField(LOCKED, 'variables', z.record(z.string(), z.string()))[LOCKED],
    };
    const person = await somebody(service);
    const samples = await writeSamples(service, person, contracts, personal);
    await deleteAccount(person);
    expect((await leftInEvents(service, samples, contracts, personal)).toSorted()).toEqual([
      expect.stringMatching(/^phone_number of huleedu\.identity\.user\.registered\.v1 is personal and survives/),
      expect.stringMatching(/^variables of huleedu\.identity\.account\.locked\.v1 is personal and survives/),
    ]);
  });

  it('a replacement that consumers would refuse', async () => {
    const contracts = withField(REGISTERED, 'email', z.string().check(z.regex(/@example\.com$/)));
    const person = await somebody(service);
    const samples = await writeSamples(service, person, contracts);
    await deleteAccount(person);
    expect(await leftInEvents(service, samples, contracts)).toEqual([
      expect.stringMatching(/^after erasure huleedu\.identity\.user\.registered\.v1 no longer fits its schema/),
    ]);
  });
});
