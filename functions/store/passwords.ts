/** Changing a password that is known. */

import type { TokenSession, TokenSubject } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type Below, type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { showedPassword } from './factors.ts';
import { locked } from './failed-logins.ts';
import { isLevel2, tokenColumns } from './levels.ts';
import type { Opened } from './logins.ts';
import { announce, newEvent } from './outbox.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { type Recency, type RecencySettings, recencyParameters, stale, staleAcr } from './recent-authentication.ts';
import { revokeAndTell, revokeParameters } from './revocation.ts';
import { type Caller, caller, callerParameters, isCallers, subjectColumns, subjectJoins } from './sessions.ts';
import { sharesDevices } from './shared-devices.ts';

/** What the caller's password is compared with. */
export interface Credentials {
  readonly email: string;
  readonly password_hash: string;
  readonly password_epoch: number;
}

/** Whether the person of a session is there for sure, and what of it the request itself shows. */
export interface Sensitive {
  readonly settings: RecencySettings & DemandSettings;
  readonly passwordShown: boolean;
}

/**
 * Counts the try, which a hash is made for.
 * @param sensitive null: whoever has the session may try
 * @returns null when the caller's session is over; the limit it is over; the level that has to be shown first
 */
export async function findCallerCredentials(
  database: Database,
  claims: Caller,
  limits: readonly Limit[],
  sensitive: Sensitive | null,
  context: RequestContext,
): Promise<{ readonly credentials: (Credentials & Recency) | null; readonly exceeded: ExceededLimit | null }> {
  const [row] = await database.query<Credentials & Recency & { exceeded: string | null }>(
    `
    with ${caller}, ${count('limits', 'caller')}, ${recordRefusals(':caller_user')}${sensitive ? `, ${stale}` : ''}
    select
      u.email,
      u.password_hash,
      u.password_epoch,
      ${exceeded} as exceeded,
      ${sensitive ? staleAcr : 'null as stale_acr'}
    from caller
    join users u using (user_id)`,
    {
      limits,
      ...callerParameters(claims, context),
      ...refusalParameters(context),
      ...(sensitive ? recencyParameters(sensitive.settings, sensitive.passwordShown) : {}),
    },
  );
  return { credentials: row ?? null, exceeded: readExceeded(row?.exceeded) };
}

/** As {@link findCallerCredentials}, of whoever holds a link for the account. @returns null when the account is gone */
export async function findCredentials(
  database: Database,
  userId: UserId,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<{ readonly credentials: Credentials | null; readonly exceeded: ExceededLimit | null }> {
  const [row] = await database.query<Credentials & { exceeded: string | null }>(
    `
    with ${count('limits')}, ${recordRefusals(':user_id')}
    select email, password_hash, password_epoch, ${exceeded} as exceeded
    from users
    where user_id = :user_id::uuid`,
    { limits, user_id: userId, ...refusalParameters(context) },
  );
  return { credentials: row ?? null, exceeded: readExceeded(row?.exceeded) };
}

/** @returns seconds that what is guessed by is closed yet; null when it is open */
export async function findLock(database: Database, guessKey: Uint8Array, now: Date): Promise<number | null> {
  const [row] = await database.query<{ retry_after: number }>(`with ${locked} select retry_after from locked`, {
    guess_key: guessKey,
    now,
  });
  return row?.retry_after ?? null;
}

/** What the caller's guesses are counted by, and those of whoever signs in (migrations/0004). */
export interface GuessKeys {
  readonly sessionKey: Uint8Array;
  readonly addressKey: Uint8Array;
}

export const guessKeyParameters = ({ sessionKey, addressKey }: GuessKeys) => ({
  guess_key: sessionKey,
  address_key: addressKey,
});

/** The CTE `forgiven`: what was counted of both is gone once `cause` has a row. */
export const forgiveBoth = (cause: string) => `
  forgiven as (
    delete from login_failures
    where address_key in (:address_key, :guess_key) and exists (select from ${cause})
  )`;

export interface PasswordChange extends GuessKeys, Sensitive {
  readonly newHash: string;
  /** Of the password that was compared: of two changes at once, the second finds another and does nothing. */
  readonly passwordEpoch: number;
  /** Of a refresh token that follows from none of the session's; null where the client keeps the one it has. */
  readonly freshHash: Uint8Array | null;
}

/** The session that is kept: whom its next tokens are for, and the generation of its refresh token. */
export type PasswordChanged = (
  | (TokenSubject & TokenSession & Below & Opened & { readonly generation: number; readonly authenticated_at: number })
  | { readonly user_id: null; readonly generation: null }
) &
  Recency & {
    /** Seconds until the session is open to guesses again; null when it is. A closed one changes nothing. */
    readonly retry_after: number | null;
  };

/** Sets the new password, ends every session but the caller's (S6), and forgives failures. */
export async function changePassword(
  database: Database,
  claims: Caller,
  { newHash, passwordEpoch, freshHash, settings, passwordShown, ...keys }: PasswordChange,
  context: RequestContext,
): Promise<PasswordChanged> {
  const changed = newEvent(
    'huleedu.identity.password.changed.v1',
    { type: 'user', id: claims.sub },
    { user_id: claims.sub, changed_at: context.now.toISOString() },
    context,
  );
  const [row] = await database.query<PasswordChanged>(
    `
    with ${caller}, ${locked}, ${stale},
    changed as (
      update users u
      set
        password_hash = :new_hash,
        password_epoch = u.password_epoch + 1,
        -- The mailbox does not know it any more where a second factor was shown, too. It knows what is set after a login by
        -- mail, without the password that there was.
        password_from_mail = (
          select
            not ${isLevel2('s')} and (u.password_from_mail or not (:password_shown or ${showedPassword('s')}))
          from sessions s
          where s.session_id = caller.session_id
        ),
        updated_at = :now::timestamptz
      from caller
      where
        u.user_id = caller.user_id
        and u.password_epoch = :password_epoch::integer
        and not exists (select from locked)
        and not exists (select from stale)
      returning u.user_id, u.password_epoch
    ),
    kept as (
      update sessions s
      set
        password_epoch = changed.password_epoch,
        -- To set a password is not to give the one that there was.
        reauthenticated_at = case when :password_shown then :now::timestamptz else s.reauthenticated_at end,
        -- A thief may hold the session's refresh token too. With a fresh one, all before it are nobody's; without, the
        -- present one is honoured once, so that the second of two who hold it ends the session.
        generation = s.generation + case when :fresh_hash::bytea is null then 0 else 1 end,
        current_hash = coalesce(:fresh_hash::bytea, s.current_hash),
        previous_hash = null,
        chain_start = case when :fresh_hash::bytea is null then s.chain_start else s.generation + 1 end,
        honoured_once = :fresh_hash::bytea is null
      from changed
      where s.session_id = :caller_session::uuid and s.revoked_at is null
      returning s.*
    ),
    kept_browser as (
      update sessions s
      set password_epoch = changed.password_epoch
      from changed, caller
      where
        s.session_id = caller.browser_session_id and s.session_id <> caller.session_id and s.revoked_at is null
    ),
    ${revokeAndTell(`s.user_id = changed.user_id and not ${isCallers}`, 'from changed, caller')},
    ${forgiveBoth('changed')},
    announced as (${announce('events', 'changed')}),
    recorded as (${record('audit', 'changed')}),
    kept_before as (
      -- By this statement's earlier try, whose answer was lost: a hash has a salt of its own.
      select s.*
      from caller
      join users u using (user_id)
      join sessions s using (session_id)
      where u.password_hash = :new_hash and u.password_epoch = :password_epoch::integer + 1
    )
    select
      (select retry_after from locked) as retry_after,
      p.generation,
      (extract(epoch from coalesce(p.reauthenticated_at, p.created_at)) * 1000)::bigint as authenticated_at,
      ${staleAcr},
      ${subjectColumns},
      ${tokenColumns('p')},
      ${isBelow('p', 'u', 'p.org_id')} as is_below,
      ${sharesDevices('u')} as shares_devices,
      -- Another password since the statement began; it may be this one.
      decide_anew(
        exists (select from caller where password_epoch = :password_epoch::integer)
        and not exists (select from locked)
        and not exists (select from stale)
        and not exists (select from changed)
      )
    from (values (true)) as given
    left join (select * from kept union all select * from kept_before) p on true
    ${subjectJoins}`,
    {
      new_hash: newHash,
      password_epoch: passwordEpoch,
      ...guessKeyParameters(keys),
      fresh_hash: freshHash,
      events: [changed],
      audit: [auditEntry('password.changed', claims.sub, context)],
      ...callerParameters(claims, context),
      ...recencyParameters(settings, passwordShown),
      ...demandParameters(settings),
      ...revokeParameters('password_change', context),
    },
  );
  return row ?? { user_id: null, generation: null, retry_after: null, stale_acr: null };
}
