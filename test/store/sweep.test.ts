import { v4, v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { databaseOf, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
const DAY = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * DAY);

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());

const sweep = () => service.runJob('sweep');
const column = async (sql: string) => (await database.query<{ name: string }>(sql)).map(({ name }) => name).sort();

describe('the sweep, with the default settings', () => {
  it('removes events published 30 days ago, and no unpublished event, however old', async () => {
    // By their ids, of a time that has no partition.
    const written = Array.from({ length: 4 }, () => ({
      ...someEvent(ago(100)),
      event_id: v7({ msecs: ago(100).getTime() }) as EventId,
    }));
    const [old = '', young = '', waiting = '', dead = ''] = await writeEvents(database, written);
    const set = (event_id: string, change: string, at: Date) =>
      database.query(`update event_outbox set ${change} where event_id = :event_id::uuid`, { event_id, at });
    await set(old, 'published_at = :at::timestamptz', ago(30.1));
    await set(young, 'published_at = :at::timestamptz', ago(29.9));
    await set(dead, 'dead = true, available_at = :at::timestamptz', ago(100));

    expect(await sweep()).toMatchObject({ event_outbox: 1 });
    expect(await column('select event_id as name from event_outbox')).toEqual([young, waiting, dead].sort());
  });

  it('removes sessions 30 days after their end, whichever end came first', async () => {
    const userId = v4();
    await database.query(
      `
      insert into users (user_id, email, email_key, email_verified_at, password_hash, registered_at, updated_at)
      values (:id::uuid, 'a@example.com', 'a@example.com', now(), '', :at::timestamptz, :at::timestamptz)`,
      { id: userId, at: ago(100) },
    );
    const session = (name: string, idleEnd: number, end: number, revoked: number | null) =>
      database.query(
        `
        insert into sessions (
          session_id, user_id, password_epoch, device_name, ip_address, current_hash, rotated_at, created_at,
          last_seen_at, idle_expires_at, expires_at, revoked_at, revoked_reason
        )
        values (
          :id::uuid, :user_id::uuid, 0, :name, '192.0.2.1', '', :made::timestamptz, :made::timestamptz,
          :made::timestamptz, :idle_end::timestamptz, :end::timestamptz, :revoked::timestamptz,
          case when :revoked::timestamptz is not null then 'logout' end
        )`,
        {
          id: v4(),
          user_id: userId,
          name,
          made: ago(100),
          idle_end: ago(idleEnd),
          end: ago(end),
          revoked: revoked === null ? null : ago(revoked),
        },
      );
    await session('idle long ago', 31, -10, null);
    await session('at its absolute end long ago', -10, 31, null);
    await session('revoked long ago', -10, -10, 31);
    await session('idle lately', 29, -10, null);
    await session('revoked lately', -10, -10, 29);
    await session('live', -10, -10, null);

    expect(await sweep()).toMatchObject({ sessions: 3 });
    expect(await column('select device_name as name from sessions')).toEqual(['idle lately', 'live', 'revoked lately']);
  });

  it('removes handled events from the inbox after 45 days', async () => {
    const received = (consumer: string, at: Date) =>
      database.query(
        `
        insert into inbox (consumer, event_id, received_at, done_at)
        values (:consumer, :id::uuid, :at::timestamptz, :at::timestamptz)`,
        { consumer, id: v4(), at },
      );
    await received('long ago', ago(45.1));
    await received('lately', ago(44.9));
    expect(await sweep()).toMatchObject({ inbox: 1 });
    expect(await column('select consumer as name from inbox')).toEqual(['lately']);
  });

  it('removes counts whose window is over, and failures of a day ago, but no lock that still holds', async () => {
    const hit = (key: string, end: Date) =>
      database.query(
        `
        insert into rate_limits (key, window_start, hits, expires_at)
        values (:key, :end::timestamptz, 1, :end::timestamptz)`,
        { key: Buffer.from(key), end },
      );
    const failed = (key: string, at: Date, lockedUntil: Date | null) =>
      database.query(
        `
        insert into login_failures (address_key, failures, failed_at, locked_until)
        values (:key, 5, :at::timestamptz, :locked_until::timestamptz)`,
        { key: Buffer.from(key), at, locked_until: lockedUntil },
      );
    await hit('over', ago(0.001));
    await hit('running', ago(-1));
    await failed('old', ago(1.1), null);
    await failed('old lock', ago(1.1), ago(1.05));
    await failed('locked', ago(1.1), ago(-1));
    await failed('new', ago(0.9), null);

    expect(await sweep()).toMatchObject({ rate_limits: 1, login_failures: 2 });
    const left = (table: string, key: string) => column(`select convert_from(${key}, 'UTF8') as name from ${table}`);
    expect(await left('rate_limits', 'key')).toEqual(['running']);
    expect(await left('login_failures', 'address_key')).toEqual(['locked', 'new']);
  });

  it('works in batches of a thousand rows a statement, until nothing is left', async () => {
    await database.query(
      `
      insert into inbox (consumer, event_id, received_at, done_at)
      select 'many', gen_random_uuid(), :at::timestamptz, :at::timestamptz
      from generate_series(1, 2500)`,
      { at: ago(60) },
    );
    let removed: unknown;
    const calls = await service.callsDuring(async () => {
      removed = await sweep();
    });
    expect(removed).toMatchObject({ inbox: 2500 });
    // Three for the inbox, one for each of the other tables, and two for the partitions of each table that has some.
    const others = Object.keys(removed as object).length - 1;
    expect(calls).toEqual({ 'rds-data.ExecuteStatement': 3 + others + 2 * 2 });
  });
});

describe('accounts with an unproved address', () => {
  const account = async (name: string, registered: Date, more: { source?: string; proved?: boolean } = {}) => {
    const [row] = await database.query<{ user_id: string }>(
      `
      insert into users (
        user_id, email, email_key, email_verified_at, password_hash, source, registered_at, updated_at
      )
      values (
        uuidv7(), :email, :email, case when :proved then :at::timestamptz end, '', :source, :at::timestamptz,
        :at::timestamptz
      )
      returning user_id`,
      { email: `${name}@unproved.example`, source: 'registration', proved: false, ...more, at: registered },
    );
    return row?.user_id as string;
  };
  const session = (user_id: string, seen: Date) =>
    database.query(
      `
      insert into sessions (
        session_id, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at,
        idle_expires_at, expires_at
      )
      values (
        uuidv7(), :user_id::uuid, 0, '192.0.2.1', '', :seen::timestamptz, :seen::timestamptz, :seen::timestamptz,
        :end::timestamptz, :end::timestamptz
      )`,
      { user_id, seen, end: ago(-10) },
    );
  const organization = (user_id: string, name: string) =>
    database.query(
      `
      with founded as (
        insert into organizations (org_id, name, created_at)
        values (uuidv7(), :name, now())
        returning org_id
      )
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, :user_id::uuid, '{owner}', now()
      from founded`,
      { user_id, name },
    );
  const left = () =>
    column(`select split_part(email, '@', 1) as name from users where email like '%@unproved.example'`);

  it('S56: are deleted and announced 30 days after they registered if no session is in use', async () => {
    const gone = await account('gone', ago(30.1));
    await organization(gone, 'Gone School');
    await session(gone, ago(31));
    const inUse = await account('in use', ago(90));
    await session(inUse, ago(29));
    await account('young', ago(29.9));
    await account('proved', ago(90), { proved: true });
    await account('imported', ago(90), { source: 'import' });
    await account('provisioned', ago(90), { source: 'provisioning' });
    await account('from before', ago(90), { source: 'unknown' });
    const shared = await account('shared', ago(90));
    await organization(shared, 'Shared School');
    await database.query(
      `
      insert into memberships (org_id, user_id, roles, created_at)
      select org_id, :user_id::uuid, '{member}', now()
      from organizations
      where name = 'Shared School'`,
      { user_id: inUse },
    );

    expect(await sweep()).toMatchObject({ unproved_accounts: 1 });
    expect(await left()).toEqual(['from before', 'imported', 'in use', 'proved', 'provisioned', 'shared', 'young']);
    expect(await column(`select name from organizations where name like '%ne School'`)).toEqual([]);
    const told = (topic: string) => service.outbox(`huleedu.identity.${topic}.v1`);
    expect(await told('account.deleted')).toContainEqual(expect.objectContaining({ user_id: gone }));
    expect(await told('org.member.removed')).toContainEqual(expect.objectContaining({ user_id: gone }));
    expect(await service.audit(gone)).toMatchObject([
      { action: expect.stringMatching(/^(account.deleted|org.member.removed)$/) },
      { action: expect.stringMatching(/^(account.deleted|org.member.removed)$/) },
    ]);
  });

  it('S56: are deleted a hundred a statement, and none that its owner is about to prove', async () => {
    await Promise.all(Array.from({ length: 101 }, (_, index) => account(`many${index}`, ago(60))));
    expect(await sweep()).toMatchObject({ unproved_accounts: 101 });
  });
});
