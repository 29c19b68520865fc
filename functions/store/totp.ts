/** Authenticator apps of accounts: set up, confirmed, removed. Going by their codes is factor-use.ts. */
import type { FactorId } from '../domain/ids.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { mayHaveFactors, restoredBy } from './factors.ts';
import { raised, shownParameters } from './levels.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  stale,
  staleAcr,
  staleFirst,
} from './recent-authentication.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';

/** The CTE `person`: the caller's account, locked, as everywhere before its factors. */
export const personOf = (condition: string) => `
  person as (
    select u.user_id, u.email
    from users u
    join caller using (user_id)
    where u.password_epoch = caller.password_epoch and ${condition}
    for no key update of u
  )`;

export interface NewTotp {
  readonly factorId: FactorId;
  /** Sealed. */
  readonly secret: Uint8Array;
  readonly until: Date;
}

export interface TotpBegun extends Recency {
  readonly verdict: 'begun' | 'stale' | Extract<Refusal, 'caller_gone' | 'factors_reset'>;
  readonly email: string | null;
}

/** Keeps a secret until its first code comes. One that is in use goes on meanwhile; another that waited is over. */
export async function beginTotp(
  database: Database,
  by: Caller,
  { factorId, secret, until }: NewTotp,
  settings: RecencySettings,
  context: RequestContext,
): Promise<TotpBegun> {
  const [row] = await database.query<TotpBegun>(
    `
    with ${caller}, ${stale},
    ${personOf(`${mayHaveFactors('u')} and not exists (select from stale)`)},
    begun as (
      insert into factors (factor_id, user_id, kind, new_secret, new_secret_until, created_at)
      select :factor_id::uuid, user_id, 'totp', :secret::bytea, :until::timestamptz, :now::timestamptz
      from person
      on conflict (user_id, kind) where kind <> 'passkey' do update
      set new_secret = excluded.new_secret, new_secret_until = excluded.new_secret_until
    )
    select
      case
        when not exists (select from caller) then 'caller_gone'
        ${staleFirst}
        when exists (select from person) then 'begun'
        else 'factors_reset'
      end as verdict,
      ${staleAcr},
      (select email from person) as email`,
    { factor_id: factorId, secret, until, ...recencyParameters(settings), ...callerParameters(by, context) },
  );
  if (!row) throw new Error('setting up an authenticator app returned no row');
  return row;
}

export interface TotpSetUp {
  /** The limit that the try is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
  /** Sealed; null where none is being set up. */
  readonly secret: Uint8Array | null;
}

/** Counts a try to confirm, and reads what it is compared with. @returns null when the caller's session is over */
export async function findNewTotp(
  database: Database,
  by: Caller,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<TotpSetUp | null> {
  const [row] = await database.query<{ exceeded: string | null; new_secret: Uint8Array | null }>(
    `
    with ${caller}, ${count('limits', 'caller')}, ${recordRefusals(':caller_user')}
    select ${exceeded} as exceeded, f.new_secret
    from caller
    left join factors f on f.user_id = caller.user_id and f.kind = 'totp' and f.new_secret_until > :now::timestamptz`,
    { limits, ...callerParameters(by, context), ...refusalParameters(context) },
  );
  return row ? { exceeded: readExceeded(row.exceeded), secret: row.new_secret } : null;
}

export interface ConfirmedTotp {
  /** Sealed: that of the code that was right. */
  readonly secret: Uint8Array;
  /** Of that code, which counts once. */
  readonly step: number;
}

export interface TotpConfirmation {
  readonly verdict: 'confirmed' | Extract<Refusal, 'caller_gone' | 'nothing_set_up'>;
  /** Recovery codes that the account has; null where it has none. */
  readonly codes_left: number | null;
}

/**
 * From now on the app is a factor, in the place of the one before. The person has shown it in this session, after what
 * setting it up asked for, so the session is of level 2.
 */
export async function confirmTotp(
  database: Database,
  by: Caller,
  { secret, step }: ConfirmedTotp,
  context: RequestContext,
): Promise<TotpConfirmation> {
  const [row] = await database.query<TotpConfirmation>(
    `
    with ${caller},
    ${personOf(mayHaveFactors('u'))},
    confirmed as (
      update factors f
      set
        secret = f.new_secret,
        new_secret = null,
        new_secret_until = null,
        last_step = :step::bigint,
        misses = 0,
        closed_at = null,
        confirmed_at = :now::timestamptz,
        created_at = :now::timestamptz,
        last_used_at = null
      from person
      where
        f.user_id = person.user_id
        and f.kind = 'totp'
        and f.new_secret = :secret::bytea
        and f.new_secret_until > :now::timestamptz
      returning f.user_id, f.kind
    ),
    raised as (
      update sessions s
      set ${raised}
      from caller, confirmed
      where s.session_id = caller.session_id and s.revoked_at is null
    ),
    ${restoredBy('confirmed')},
    ${announceFactorChange('added', 'confirmed')},
    -- By this statement's earlier try, whose answer was lost.
    before as (select from factors f join caller using (user_id) where f.kind = 'totp' and f.secret = :secret::bytea)
    select
      case
        when not exists (select from caller) then 'caller_gone'
        when exists (select from confirmed) or exists (select from before) then 'confirmed'
        else 'nothing_set_up'
      end as verdict,
      (
        select cardinality(f.code_hashes) from factors f join caller using (user_id) where f.kind = 'recovery'
      ) as codes_left,
      -- That try goes on after its caller has given it up.
      decide_anew(
        not exists (select from confirmed)
        and exists (select from factors f join person using (user_id) where f.new_secret = :secret::bytea)
      )`,
    {
      secret,
      step,
      ...shownParameters(['otp', 'mfa']),
      ...callerParameters(by, context),
      ...factorChangeParameters(context, by.sub),
    },
  );
  if (!row) throw new Error('confirming an authenticator app returned no row');
  return row;
}

export interface TotpRemoval extends Recency {
  readonly verdict: 'removed' | 'stale' | Extract<Refusal, 'caller_gone'>;
}

/** Removes the app, and one that is being set up. It is no way into the account, so the last one may go (S87). */
export async function removeTotp(
  database: Database,
  by: Caller,
  settings: RecencySettings,
  context: RequestContext,
): Promise<TotpRemoval> {
  const [row] = await database.query<TotpRemoval>(
    `
    with ${caller}, ${stale},
    ${personOf('not exists (select from stale)')},
    removed as (
      delete from factors f
      using person
      where f.user_id = person.user_id and f.kind = 'totp'
      returning f.user_id, f.kind, f.confirmed_at
    ),
    gone as (select user_id, kind from removed where confirmed_at is not null),
    ${announceFactorChange('removed', 'gone')}
    select
      case
        when not exists (select from caller) then 'caller_gone'
        -- Not where this statement's earlier try has removed what it asked a second factor for.
        when exists (select from stale) and not exists (
          select from event_outbox where event_id = :factor_event_id::uuid
        ) then 'stale'
        else 'removed'
      end as verdict,
      ${staleAcr}`,
    { ...recencyParameters(settings), ...callerParameters(by, context), ...factorChangeParameters(context, by.sub) },
  );
  if (!row) throw new Error('removing an authenticator app returned no row');
  return row;
}
