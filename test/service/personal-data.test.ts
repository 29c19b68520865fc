/**
 * S72: personal data is declared once (functions/store/personal-data.ts), and the database, the events, the export and
 * every way of deletion are held against that. The second half shows that each omission is found and named.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { events } from '../../functions/contracts/events/registry.ts';
import type { TokenId, UserId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { personalEventFields, type Table, tables } from '../../functions/store/personal-data.ts';
import { disownAccount, sweepUnproved } from '../../functions/store/unproved-accounts.ts';
import { mailedToken } from '../support/mailbox.ts';
import { invite, makeAdmin, newOrganization, refreshed } from '../support/organizations.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { fillAndRead, leftBehind, leftOut, undeclaredColumns, unfilled } from '../support/personal-data.ts';
import { leftInEvents, undeclaredFields, writeSamples } from '../support/personal-events.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let database: Database;

beforeAll(async () => {
  // Of its own: the tests below change the schema.
  service = await startService();
  database = await databaseOf(service);
  // Somebody else, who has what is nobody's own: a reason that a session ended for.
  const { refreshToken } = await registerAndLogin(service);
  await service.post('/v1/auth/logout', { refresh_token: refreshToken });
});
afterAll(() => service.stop());

/** Somebody whose address is not proved, with all that such an account can have. */
async function newcomer(): Promise<Person> {
  // Their own, so that whatever holds one of these texts holds something of them.
  const own = randomBytes(4).toString('hex');
  const person = await registerAndLogin(service, {
    person_name: {
      first_name: `Thorbjörg ${own}`,
      last_name: `Kalli ${own}`,
      legal_full_name: `Thorbjörg Iðunn ${own}`,
    },
    organization_name: `Tutoring ${own}`,
    locale: 'sv-FI',
  });
  await service.put('/v1/auth/me', { display_name: `Tobbe ${own}` }, person.bearer);
  const device = await person.loginAgain({ device_name: `Telefon ${own}` }, { 'user-agent': `Browser/${own}` });
  await refreshed(service, device);
  const ended = await person.loginAgain();
  await service.post('/v1/auth/logout', { refresh_token: ended.refreshToken });
  await service.post('/v1/auth/login', { email: person.email.toUpperCase(), password: 'wrong, all wrong' });
  await service.post('/v1/auth/request-password-reset', { email: person.email });
  const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer);
  return { ...person, bearer: { authorization: `Bearer ${again.body.access_token}` } };
}

/** Somebody about whom as much is held as can be. */
async function somebody(): Promise<Person> {
  const person = await newcomer();
  const token = await mailedToken(service, person.email, 'verify_email');
  await service.post('/v1/auth/verify-email', { token });
  const admin = await makeAdmin(service, await registerAndLogin(service));
  await service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
  await invite(service, admin, await newOrganization(service, admin), person.email, ['teacher']);
  return person;
}

const exportOf = async (person: Person) => (await service.get('/v1/auth/me/export', person.bearer)).body;

const deletions = {
  'by its owner': async ({ password, bearer }: Person) => {
    expect((await service.delete('/v1/auth/me', { password }, bearer)).status).toBe(204);
  },
  'by the owner of its mailbox': async ({ userId }: Person) => {
    const [link] = await service.sql(
      `select token_id, expires_at from one_time_tokens where user_id = $1 and purpose = 'verify_email'`,
      [userId],
    );
    const token = { tokenId: link?.token_id as TokenId, userId: userId as UserId, expiresAt: link?.expires_at as Date };
    expect(await disownAccount(database, { purpose: 'verify_email', ...token }, contextAt(new Date()))).toBe('deleted');
  },
  'by the sweep': async () => {
    const before = new Date(Date.now() + 1_000);
    expect(await sweepUnproved(database, { before, most: 1, now: new Date() })).toBe(1);
  },
} as const;

describe('S72: personal data', () => {
  it('is declared, column by column and field by field', async () => {
    expect(await undeclaredColumns(service)).toEqual([]);
    expect(undeclaredFields()).toEqual([]);
  });

  it('is exported, and erased with the account: rows, values, events', async () => {
    const person = await somebody();
    const held = await fillAndRead(service, person);
    expect(unfilled(held)).toEqual([]);
    expect(leftOut(held, await exportOf(person))).toEqual([]);
    const samples = await writeSamples(service, person);
    await deletions['by its owner'](person);
    expect(await leftBehind(service, held)).toEqual([]);
    expect(await leftInEvents(service, samples)).toEqual([]);
  });

  it.each(['by the owner of its mailbox', 'by the sweep'] as const)('goes with an unproved account %s', async (by) => {
    // Not proved before, whoever is there by now.
    await service.sql('update users set email_verified_at = now()');
    const person = await newcomer();
    const held = await fillAndRead(service, person, unprovedTables);
    const samples = await writeSamples(service, person);
    await deletions[by](person);
    expect(await leftBehind(service, held)).toEqual([]);
    expect(await leftInEvents(service, samples)).toEqual([]);
  });
});

/** Filled in all but what would make it another account. */
const unprovedTables = change(
  'users',
  ({ personal: { email_verified_at, platform_roles, ...personal }, ...table }) => ({
    ...table,
    personal,
  }),
);

function change(name: string, by: (table: Table) => Table): Record<string, Table> {
  const table = tables[name];
  if (!table) throw new Error(`no table ${name}`);
  return { ...tables, [name]: by(table) };
}
const withColumn = (table: string, column: string, how: Table['personal'][string]) =>
  change(table, (was) => ({ ...was, personal: { ...was.personal, [column]: how } }));

describe('S72: whoever adds personal data is told of', () => {
  const undo: string[] = [];
  const alter = async (sql: string, undone: string) => {
    await service.sql(sql);
    undo.push(undone);
  };
  afterEach(async () => {
    for (const sql of undo.splice(0)) await service.sql(sql);
  });

  it('a column that is not declared, and one that is no longer there', async () => {
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
    const person = await somebody();
    const held = await fillAndRead(service, person, declared);
    expect(leftOut(held, await exportOf(person), declared)).toEqual([
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
    const person = await somebody();
    await service.sql(`insert into phones values ($1, '+46 70 174 06 05')`, [person.userId]);
    const held = await fillAndRead(service, person, declared);
    await deletions['by its owner'](person);
    expect((await leftBehind(service, held, declared)).toSorted()).toEqual([
      expect.stringMatching(/^audit_log\.user_agent survives the account: erase audit_log\.user_agent in /),
      expect.stringMatching(/^phones keeps the account's rows: erase phones in /),
      expect.stringMatching(/^phones\.phone_number survives the account: /),
    ]);
  });

  it('a copy of a column in a place that says nothing of it', async () => {
    const person = await somebody();
    const held = await fillAndRead(service, person);
    await alter('alter table inbox add column note text', 'delete from inbox; alter table inbox drop column note');
    await service.sql(
      `insert into inbox (consumer, event_id, received_at, done_at, note)
      select 'try', user_id, now(), now(), 'to ' || display_name from users where user_id = $1`,
      [person.userId],
    );
    await deletions['by its owner'](person);
    expect(await leftBehind(service, held)).toEqual([
      expect.stringMatching(/^users\.display_name survives the account, in inbox\.note: erase inbox\.note in /),
    ]);
  });

  it('a column that the test has no value of', async () => {
    await alter(
      'alter table users add column shoe_size integer constraint none check (shoe_size is null)',
      'alter table users drop column shoe_size',
    );
    const declared = withColumn('users', 'shoe_size', { exported: 'profile.shoe_size' });
    expect(unfilled(await fillAndRead(service, await somebody(), declared), declared)).toEqual([
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
    const person = await somebody();
    const samples = await writeSamples(service, person, contracts, personal);
    await deletions['by its owner'](person);
    expect((await leftInEvents(service, samples, contracts, personal)).toSorted()).toEqual([
      expect.stringMatching(/^phone_number of huleedu\.identity\.user\.registered\.v1 is personal and survives/),
      expect.stringMatching(/^variables of huleedu\.identity\.account\.locked\.v1 is personal and survives/),
    ]);
  });

  it('a replacement that consumers would refuse', async () => {
    const contracts = withField(REGISTERED, 'email', z.string().check(z.regex(/@example\.com$/)));
    const person = await somebody();
    const samples = await writeSamples(service, person, contracts);
    await deletions['by its owner'](person);
    expect(await leftInEvents(service, samples, contracts)).toEqual([
      expect.stringMatching(/^what erasure leaves of huleedu\.identity\.user\.registered\.v1 does not fit its schema/),
    ]);
  });
});
