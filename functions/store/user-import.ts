/** Accounts of another system, some hundreds in a statement. */

import { emailKey } from '../domain/email-address.ts';
import { markImported } from '../domain/foreign-hash.ts';
import { type CorrelationId, newId, type UserId } from '../domain/ids.ts';
import type { ImportedUser } from '../domain/imported-user.ts';
import { recordEach } from './audit.ts';
import { NO_PASSWORD } from './claims.ts';
import type { Database } from './database.ts';
import { announceEach } from './outbox.ts';
import { profileColumnNames } from './profiles.ts';

export interface ImportLine extends ImportedUser {
  /** In the file. */
  readonly line: number;
}

export interface Importing {
  /** Whether UserRegisteredV1 announces each account; the platform may know them all. */
  readonly announce: boolean;
  readonly now: Date;
  /** Of the whole import. */
  readonly correlationId: CorrelationId;
}

export interface Imported {
  readonly created: number;
  /** The lines whose user_id another account has. */
  readonly taken: readonly number[];
}

/** Makes the accounts whose address has none; the others are left as they are, so that all may be sent again. */
export async function importUsers(
  database: Database,
  users: readonly ImportLine[],
  { announce, now, correlationId }: Importing,
): Promise<Imported> {
  const [row] = await database.query<{ created: number; taken: string }>(
    `
    with given as (
      select *
      from jsonb_to_recordset(:users::jsonb) as u (
        line integer, user_id uuid, email text, email_key text, email_verified boolean, password_hash text,
        ${profileColumnNames.map((name) => `${name} text`).join(', ')}, registered_at timestamptz
      )
    ),
    created as (
      insert into users (
        user_id, email, email_key, email_verified_at, password_hash, ${profileColumnNames.join(', ')}, source,
        registered_at, updated_at
      )
      select
        user_id, email, email_key, case when email_verified then :now::timestamptz end, password_hash,
        ${profileColumnNames.join(', ')}, 'import', registered_at, :now::timestamptz
      from given
      order by line
      on conflict do nothing
      returning user_id, email, email_key, registered_at
    ),
    announced as (${announceEach(
      'huleedu.identity.user.registered.v1',
      {
        aggregate: { type: 'user', id: 'user_id' },
        data: {
          user_id: 'user_id',
          email: 'email',
          registered_at: `to_char(registered_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
        },
      },
      'created',
    )}
      where :announce::boolean
    ),
    recorded as (${recordEach('user.imported', { ip: 'null' }, 'created')}),
    left_over as (
      select line, user_id
      from given
      where
        not exists (select from created where email_key = given.email_key)
        and not exists (select from users where email_key = given.email_key)
    )
    select
      (select count(*) from created) + (
        -- By this statement's earlier try, whose answer was lost.
        select count(*)
        from given g
        join users u using (user_id, email_key)
        where u.source = 'import' and u.updated_at = :now::timestamptz
      ) as created,
      (select coalesce(jsonb_agg(line), '[]') from left_over) as taken,
      -- Neither made here nor there before: another import makes them at this moment (migrations/0015).
      decide_anew(exists (
        select
        from left_over l
        where
          not exists (select from created where user_id = l.user_id)
          and not exists (select from users where user_id = l.user_id)
      ))`,
    {
      users: users.map(({ person_name, ...user }) => ({
        ...user,
        ...person_name,
        user_id: user.user_id ?? newId<UserId>(),
        email_key: emailKey(user.email),
        email_verified: user.email_verified ?? false,
        password_hash: user.password_hash ? markImported(user.password_hash) : NO_PASSWORD,
        registered_at: user.registered_at ?? now,
      })),
      now,
      announce,
      correlation_id: correlationId,
    },
  );
  if (!row) throw new Error('the import returned no row');
  return { created: row.created, taken: JSON.parse(row.taken) };
}
