/** Deleting an account: everything personal goes within one statement (S53). */

import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { locked } from './failed-logins.ts';
import { announce, areWritten, newEvent } from './outbox.ts';
import { forgiveBoth, type GuessKeys, guessKeyParameters, type Sensitive } from './passwords.ts';
import { personalEventFields } from './personal-event-fields.ts';
import { type Recency, recencyParameters, stale, staleAcr, staleFirst } from './recent-authentication.ts';
import { tellClients } from './revocation.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { reportMembers } from './standing.ts';

export interface Deletion extends GuessKeys, Sensitive {
  /** Of the password that was compared, or would have been. */
  readonly passwordEpoch: number;
}

export interface Deleted extends Recency {
  /** `last_owner`: an organisation with other members would be left to nobody. */
  readonly outcome: 'deleted' | 'locked' | 'stale' | 'last_owner' | 'caller_gone';
  /** Seconds until the session is open to guesses again; null when it is. */
  readonly retry_after: number | null;
}

/**
 * Erases the account, its sessions, links and memberships (they go with its row), the organisations that nobody else is
 * in with their names, and its address wherever else it is kept: failures, invitations, events. Mails still to be sent to it are not.
 * Other events are sent, their personal fields replaced, so that consumers miss nothing in an organisation's or account's order.
 */
export async function deleteAccount(
  database: Database,
  claims: Caller,
  { passwordEpoch, settings, passwordShown, ...keys }: Deletion,
  context: RequestContext,
): Promise<Deleted> {
  const deleted = newEvent(
    'huleedu.identity.account.deleted.v1',
    { type: 'user', id: claims.sub },
    { user_id: claims.sub, deleted_at: context.now.toISOString() },
    context,
  );
  const [row] = await database.query<Deleted>(
    `
    with ${caller}, ${locked}, ${stale},
    -- Locked first: with another password since, nothing goes, not even a membership.
    person as materialized (
      select user_id
      from users
      where user_id = :caller_user::uuid and password_epoch = :password_epoch::integer
      for update
    ),
    -- Everybody in the caller's organisations who matters to them, their rows locked: see standing.ts.
    owners as materialized (
      select m.org_id, m.user_id
      from memberships m
      where
        m.org_id in (select org_id from memberships where user_id = :caller_user::uuid)
        and 'owner' = any (m.roles)
      order by m.org_id, m.user_id
      for update
    ),
    owned_alone as (
      select org_id
      from owners
      group by org_id
      having bool_and(user_id = :caller_user::uuid)
    ),
    others as (
      select org_id
      from memberships
      where org_id in (select org_id from owned_alone) and user_id <> :caller_user::uuid
    ),
    verdict as (
      select
        case
          -- By this statement's earlier try, whose answer was lost: nothing is left to go.
          when ${areWritten('events')} then 'deleted'
          when not exists (select from caller) or not exists (select from person) then 'caller_gone'
          when exists (select from locked) then 'locked'
          ${staleFirst}
          when exists (select from others) then 'last_owner'
          else 'deleted'
        end as outcome
    ),
    parted as (
      delete from memberships m
      using verdict
      where outcome = 'deleted' and m.user_id = :caller_user::uuid
      returning m.org_id, m.user_id, m.roles
    ),
    dissolved as (
      delete from organizations o
      using verdict, owned_alone
      where outcome = 'deleted' and o.org_id = owned_alone.org_id
      returning o.org_id, o.name
    ),
    deleted as (
      delete from users u
      using verdict
      where outcome = 'deleted' and u.user_id = :caller_user::uuid
      returning ${erasedColumns}
    ),
    ${tellOfDeleted},
    ${forgiveBoth('deleted')},
    uninvited as (
      delete from invitations i
      using deleted
      where deleted.proved and i.email_key = deleted.email_key
    ),
    ${eraseFromEvents},
    -- Mails to those who were invited name the organisation, and its name was the person's. A newer invitation has
    -- taken the row of an older one, whose mail is found by who invited.
    unnamed as (
      update event_outbox e
      set data = e.data || jsonb_build_object('variables', :erased_fields::jsonb -> 'variables')
      from deleted, dissolved d join invitations i using (org_id)
      where
        i.email_key <> deleted.email_key
        and coalesce(e.data ->> 'email', e.data ->> 'to') is not null
        and email_key_of(coalesce(e.data ->> 'email', e.data ->> 'to')) = i.email_key
        and e.data ->> 'template_id' = 'invitation'
        and (
          e.data #>> '{variables,token_id}' = i.token_id::text
          or (
            e.data #>> '{variables,invited_by}' = :caller_user::text
            and e.data #>> '{variables,organization}' = d.name
          )
        )
    ),
    ${reportMembers('removed', 'parted')},
    announced as (${announce('events', 'deleted')}),
    recorded as (${record('audit', 'deleted')})
    select
      outcome,
      (select retry_after from locked) as retry_after,
      ${staleAcr},
      -- The account changed, or went, before its row was free.
      decide_anew(
        not exists (select from person)
        and exists (
          select from users where user_id = :caller_user::uuid and password_epoch = :password_epoch::integer
        )
      )
    from verdict`,
    {
      ...guessKeyParameters(keys),
      password_epoch: passwordEpoch,
      erased_fields: personalEventFields,
      correlation_id: context.correlationId,
      ip_address: context.ipAddress,
      events: [deleted],
      audit: [auditEntry('account.deleted', claims.sub, context)],
      ...callerParameters(claims, context),
      ...recencyParameters(settings, passwordShown),
    },
  );
  return row ?? { outcome: 'caller_gone', retry_after: null, stale_acr: null };
}

/**
 * The CTEs `leaving` and `told_of_leaving`: what is told of the sessions that go with the accounts in `deleted`. They are
 * waited for, since a code may be giving more of them.
 */
export const tellOfDeleted = `
  leaving as materialized (
    select s.session_id, s.xmin as version
    from sessions s
    join deleted using (user_id)
    where s.kind <> 'api'
    for update of s
  ),
  ${tellClients('leaving')}`;

/** What `deleted`, of the row of a user `u`, has to say for what follows. */
export const erasedColumns = 'u.user_id, u.email, u.email_key, u.email_verified_at is not null as proved';

/**
 * True of an event `e` with the address of the account in `deleted`, its domain as it is compared or as the account has
 * it; an index answers it (migrations/0009). An invitation is the mailbox's: whoever registered the address without it
 * takes none away (S56).
 */
const holdsAddress = `
  (deleted.proved or e.data ->> 'template_id' is distinct from 'invitation') and
  coalesce(e.data ->> 'email', e.data ->> 'to') is not null
  and email_key_of(coalesce(e.data ->> 'email', e.data ->> 'to')) = any(
    array[deleted.email_key, email_key_of(deleted.email)]
  )`;

/** What is left of the data of an event `e`: its personal fields as personal-event-fields.ts has them. */
const withoutPersonalFields = `(
  select jsonb_object_agg(name, coalesce(:erased_fields::jsonb -> name, value))
  from jsonb_each(e.data) as field (name, value)
  where :erased_fields::jsonb -> name is distinct from 'null'
)`;

/**
 * The CTEs `unsent` and `erased`: take what is personal of the accounts in `deleted` out of the outbox. They need
 * `:erased_fields`, which is `personalEventFields`.
 */
export const eraseFromEvents = `
  unsent as (
    delete from event_outbox e
    using deleted
    where ${holdsAddress} and e.aggregate_type = 'email' and e.published_at is null
  ),
  erased as (
    update event_outbox e
    set data = ${withoutPersonalFields}
    from deleted
    where ${holdsAddress} and (e.aggregate_type <> 'email' or e.published_at is not null)
  ),
  former as (
    select c.*
    from deleted
    join email_changes c using (user_id)
    -- True of all: a person has few, and the plan of what follows has to know.
    where c.user_id::text = deleted.user_id::text
  ),
  -- An address that it had is somebody else's before and after, and one that it was to have is a stranger's, perhaps.
  erased_former as (
    update event_outbox e
    set data = ${withoutPersonalFields}
    from former c
    where
      coalesce(e.data ->> 'email', e.data ->> 'to') is not null
      and email_key_of(coalesce(e.data ->> 'email', e.data ->> 'to')) = any(
        array[c.old_email_key, email_key_of(c.old_email), c.new_email_key, email_key_of(c.new_email)]
      )
      and (
        e.data #>> '{variables,change_id}' = c.change_id::text
        or case
          when email_key_of(coalesce(e.data ->> 'email', e.data ->> 'to')) in (c.old_email_key, email_key_of(c.old_email))
            then c.old_verified_at is not null and e.occurred_at <= c.confirmed_at
          else e.occurred_at between c.confirmed_at and c.undone_at
        end
      )
  )`;
