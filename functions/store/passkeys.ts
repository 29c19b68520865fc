/** Passkeys of accounts: listed, named, removed. Making one is passkey-enrolment.ts, signing in with one passkey-login.ts. */
import type { FactorId, UserId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { knownCredentials } from './factors.ts';
import { isWritten } from './outbox.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  stale,
  staleAcr,
  staleFirst,
} from './recent-authentication.ts';
import { type Caller, caller, callerParameters, seen } from './sessions.ts';
import { hasOtherWay, type WaySettings, wayParameters } from './ways-in.ts';

/** As its owner sees it. */
export interface PasskeyRow {
  readonly passkey_id: FactorId;
  /** Hexadecimal. */
  readonly credential_id: string;
  readonly name: string | null;
  /** Milliseconds since the epoch, as `last_used_at`. */
  readonly created_at: number;
  readonly last_used_at: number | null;
  readonly can_sync: boolean;
  readonly synced: boolean;
}

export interface OwnPasskeys {
  readonly webauthnId: Uint8Array | null;
  /** The newest first. */
  readonly passkeys: readonly PasskeyRow[];
}

/** @returns null when the caller's own session is over */
export async function listPasskeys(
  database: Database,
  by: Caller,
  context: RequestContext,
): Promise<OwnPasskeys | null> {
  const rows = await database.query<{ webauthn_id: Uint8Array | null } & (PasskeyRow | { readonly passkey_id: null })>(
    `
    with ${caller}, ${seen}
    select u.webauthn_id, listed.*
    from caller
    join users u using (user_id)
    left join lateral (
      select
        factor_id as passkey_id,
        encode(credential_id, 'hex') as credential_id,
        name,
        (extract(epoch from created_at) * 1000)::bigint as created_at,
        (extract(epoch from last_used_at) * 1000)::bigint as last_used_at,
        may_back_up as can_sync,
        is_backed_up as synced
      from factors f
      where f.user_id = caller.user_id and f.kind = 'passkey'
      order by f.factor_id desc
    ) listed on true`,
    callerParameters(by, context),
  );
  const [first] = rows;
  return first ? { webauthnId: first.webauthn_id, passkeys: rows.filter((row) => row.passkey_id !== null) } : null;
}

/** What a browser looks for, of who is signed in. @returns JSON: KnownCredential; null when the session is over */
export async function knownPasskeys(database: Database, by: Caller, context: RequestContext): Promise<string | null> {
  const [row] = await database.query<{ passkeys: string }>(
    `
    with ${caller}
    select ${knownCredentials('caller')} as passkeys
    from caller`,
    callerParameters(by, context),
  );
  return row?.passkeys ?? null;
}

/** The same, of who has shown the password. @returns none where it was changed since */
export async function passkeysAfterPassword(
  database: Database,
  { userId, passwordEpoch }: { readonly userId: UserId; readonly passwordEpoch: number },
): Promise<string> {
  const [row] = await database.query<{ passkeys: string }>(
    `
    select ${knownCredentials('u')} as passkeys
    from users u
    where u.user_id = :user_id::uuid and u.password_epoch = :password_epoch::integer`,
    { user_id: userId, password_epoch: passwordEpoch },
  );
  return row?.passkeys ?? '[]';
}

/** A name says nothing to us, and opens nothing: it may be changed at any time. */
export async function renamePasskey(
  database: Database,
  by: Caller,
  { factorId, name }: { readonly factorId: FactorId; readonly name: string },
  context: RequestContext,
): Promise<'renamed' | 'not_found' | 'caller_gone'> {
  const [row] = await database.query<{ verdict: 'renamed' | 'not_found' | 'caller_gone' }>(
    `
    with ${caller},
    renamed as (
      update factors f
      set name = :name
      from caller
      where f.factor_id = :factor_id::uuid and f.user_id = caller.user_id and f.kind = 'passkey'
      returning 1
    )
    select
      case
        when not exists (select from caller) then 'caller_gone'
        when exists (select from renamed) then 'renamed'
        else 'not_found'
      end as verdict`,
    { factor_id: factorId, name, ...callerParameters(by, context) },
  );
  return row?.verdict ?? 'caller_gone';
}

export interface Removal extends Recency {
  readonly verdict: 'removed' | 'stale' | Extract<Refusal, 'caller_gone' | 'last_way_in' | 'not_found'>;
}

/** Removes a passkey, unless it is the last way into the account (S87). The person's row is locked first, as everywhere. */
export async function removePasskey(
  database: Database,
  by: Caller,
  factorId: FactorId,
  settings: RecencySettings & WaySettings,
  context: RequestContext,
): Promise<Removal> {
  const [row] = await database.query<Removal>(
    `
    with ${caller}, ${stale},
    there as (
      select
        u.user_id,
        u.xmin as version,
        f.factor_id,
        ${hasOtherWay('u')}
          or exists (
            select
            from factors other
            where other.user_id = f.user_id and other.kind = 'passkey' and other.factor_id <> f.factor_id
          ) as may_go
      from caller
      join users u using (user_id)
      join factors f on f.user_id = caller.user_id
      where f.factor_id = :factor_id::uuid and f.kind = 'passkey' and not exists (select from stale)
    ),
    -- Written, so that of two that are removed at once the second waits, and finds that what it saw is no more.
    person as (
      update users u
      set updated_at = :now::timestamptz
      from there
      where u.user_id = there.user_id and there.may_go
      returning u.user_id, old.xmin as version
    ),
    removed as (
      delete from factors f
      using person, there
      where f.factor_id = there.factor_id and f.user_id = person.user_id and person.version = there.version
      returning f.user_id, f.factor_id, f.kind
    ),
    ${announceFactorChange('removed', 'removed')}
    select
      case
        when not exists (select from caller) then 'caller_gone'
        -- Or by this statement's earlier try, whose answer was lost.
        when exists (select from removed) or ${isWritten(':factor_event_id')} then 'removed'
        ${staleFirst}
        when exists (select from there where not may_go) then 'last_way_in'
        else 'not_found'
      end as verdict,
      ${staleAcr},
      decide_anew(exists (select from there where may_go) and not exists (select from removed))`,
    {
      factor_id: factorId,
      ...recencyParameters(settings),
      ...wayParameters(settings),
      ...callerParameters(by, context),
      ...factorChangeParameters(context, by.sub),
    },
  );
  if (!row) throw new Error('removing a passkey returned no row');
  return row;
}
