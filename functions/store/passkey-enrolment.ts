/** Making a passkey: what for, and keeping it. */
import type { FactorId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { NewPasskey } from '../domain/webauthn/passkey.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { knownCredentials, mayHaveFactors, restoredBy } from './factors.ts';
import { notesDomain } from './passkey-domain.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  stale,
  staleAcr,
  staleFirst,
} from './recent-authentication.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { isUnspent, onceParameters, spends } from './used-once.ts';

/** Of one account: a browser gets the ids of all, and a row of the Data API has 64 KB. */
export const MOST_PASSKEYS = 20;

const isFull = (user: string) => `(
  select count(*) >= ${MOST_PASSKEYS} from factors f where f.user_id = ${user}.user_id and f.kind = 'passkey'
)`;

export interface Enrolment extends Recency {
  readonly verdict: 'admitted' | 'stale' | Extract<Refusal, 'caller_gone' | 'factors_reset' | 'too_many_passkeys'>;
  readonly email: string | null;
  /** What passkeys call the account. */
  readonly webauthn_id: Uint8Array | null;
  /** JSON: {@link KnownCredential}. */
  readonly passkeys: string | null;
}

/**
 * What a new passkey is made for. The account gets its name of passkeys here, so that two that are made at once have the
 * same.
 * @param webauthnId for an account that has none yet
 */
export async function beginPasskey(
  database: Database,
  by: Caller,
  webauthnId: Uint8Array,
  settings: RecencySettings,
  context: RequestContext,
): Promise<Enrolment> {
  const [row] = await database.query<Enrolment>(
    `
    with ${caller}, ${stale},
    named as (
      update users u
      set webauthn_id = coalesce(u.webauthn_id, :webauthn_id::bytea)
      from caller
      where
        u.user_id = caller.user_id
        and u.password_epoch = caller.password_epoch
        and ${mayHaveFactors('u')}
        and not exists (select from stale)
        and not ${isFull('caller')}
      returning u.user_id, u.email, u.webauthn_id
    )
    select
      case
        when not exists (select from caller) then 'caller_gone'
        ${staleFirst}
        when exists (select from named) then 'admitted'
        when (select ${isFull('caller')} from caller) then 'too_many_passkeys'
        else 'factors_reset'
      end as verdict,
      ${staleAcr},
      named.email,
      named.webauthn_id,
      (select ${knownCredentials('named')} from named) as passkeys
    from (values (true)) as given
    left join named on true`,
    { webauthn_id: webauthnId, ...recencyParameters(settings), ...callerParameters(by, context) },
  );
  if (!row) throw new Error('beginning a passkey returned no row');
  return row;
}

export interface PasskeyToAdd extends NewPasskey {
  readonly factorId: FactorId;
  readonly name: string | null;
  readonly transports: readonly string[];
  /** The domain that it belongs to. */
  readonly rpId: string;
  readonly once: OneUse;
}

export type Added =
  | 'added'
  | Extract<Refusal, 'caller_gone' | 'challenge_over' | 'passkey_taken' | 'too_many_passkeys'>;

/** That the person authenticated within minutes was asked for when the challenge was given: it is this session's, and ends. */
export async function addPasskey(
  database: Database,
  by: Caller,
  passkey: PasskeyToAdd,
  context: RequestContext,
): Promise<Added> {
  const [row] = await database.query<{ verdict: Added }>(
    `
    with ${spends}, ${caller},
    person as (
      select u.user_id
      from users u
      join caller using (user_id)
      where u.password_epoch = caller.password_epoch and ${mayHaveFactors('u')} and ${isUnspent}
      for no key update of u
    ),
    added as (
      insert into factors (
        factor_id, user_id, kind, name, credential_id, public_key, sign_count, may_back_up, is_backed_up, transports,
        aaguid, confirmed_at, created_at
      )
      select
        :factor_id::uuid, user_id, 'passkey', :name, :credential_id::bytea, :public_key::bytea, :sign_count::bigint,
        :may_back_up::boolean, :is_backed_up::boolean, :transports::text[], :aaguid::uuid, :now::timestamptz,
        :now::timestamptz
      from person
      where not ${isFull('person')}
      on conflict (credential_id) do nothing
      returning user_id, factor_id, kind
    ),
    ${restoredBy('added')},
    ${announceFactorChange('added', 'added')},
    ${notesDomain},
    there as (select factor_id from factors where credential_id = :credential_id::bytea)
    select
      case
        when not exists (select from caller) then 'caller_gone'
        -- Or by this statement's earlier try, whose answer was lost.
        when exists (select from added) or exists (select from there where factor_id = :factor_id::uuid) then 'added'
        when exists (select from there) then 'passkey_taken'
        when (select ${isFull('caller')} from caller) then 'too_many_passkeys'
        else 'challenge_over'
      end as verdict,
      -- That try goes on after its caller has given it up.
      decide_anew(
        exists (select from person where not ${isFull('person')})
        and not exists (select from added)
        and not exists (select from there)
      )`,
    {
      factor_id: passkey.factorId,
      name: passkey.name,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      sign_count: passkey.signCount,
      may_back_up: passkey.mayBackUp,
      is_backed_up: passkey.isBackedUp,
      transports: `{${passkey.transports.join(',')}}`,
      aaguid: passkey.aaguid,
      rp_id: passkey.rpId,
      ...onceParameters(passkey.once),
      ...callerParameters(by, context),
      ...factorChangeParameters(context, by.sub),
    },
  );
  if (!row) throw new Error('adding a passkey returned no row');
  return row.verdict;
}
