/** Noting that a session's person gave the password, or showed another factor, again (S85). */

import type { TokenSession, TokenSubject } from '../domain/access-token.ts';
import { methodsOf, type SecondFactor } from '../domain/authentication-level.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type Below, type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { type FactorUse, factorParameters, isFactorTakenMeanwhile, isFactorUsed, usesFactor } from './factor-use.ts';
import { locked } from './failed-logins.ts';
import { raised, shownParameters, tokenColumns } from './levels.ts';
import { type Caller, caller, callerParameters, subjectColumns, subjectJoins } from './sessions.ts';
import { isUnspent, onceParameters, spends } from './used-once.ts';

export interface Reauthentication {
  /** Of the password that was compared. */
  readonly passwordEpoch: number;
  readonly sessionKey: Uint8Array;
}

export type Reauthenticated =
  | (TokenSubject & TokenSession & Below)
  | {
      readonly user_id: null;
      /** Seconds until the session is open to guesses again; null when it is. */
      readonly retry_after: number | null;
    };

/** Raises the caller's session's time of authentication and forgives the session's failures. */
export async function reauthenticate(
  database: Database,
  claims: Caller,
  { passwordEpoch, sessionKey }: Reauthentication,
  settings: DemandSettings,
  context: RequestContext,
): Promise<Reauthenticated> {
  const [row] = await database.query<Reauthenticated>(
    `
    with ${caller}, ${locked},
    raised as (
      update sessions s
      set ${raised}, last_seen_at = :now::timestamptz
      from caller
      join users u using (user_id)
      where
        s.session_id = caller.session_id
        -- Ended while this waited for its row.
        and s.revoked_at is null
        and s.password_epoch = :password_epoch::integer
        and u.password_epoch = :password_epoch::integer
        and not exists (select from locked)
      returning s.*
    ),
    forgiven as (
      delete from login_failures
      where address_key = :guess_key and exists (select from raised)
    ),
    recorded as (${record('audit', 'raised')})
    select (select retry_after from locked) as retry_after, ${subjectColumns}, ${tokenColumns('p')}, ${isBelow('p', 'u', 'p.org_id')} as is_below
    from (values (true)) as given
    left join raised p on true
    ${subjectJoins}`,
    {
      password_epoch: passwordEpoch,
      ...demandParameters(settings),
      ...shownParameters(['pwd']),
      guess_key: sessionKey,
      audit: [auditEntry('session.reauthenticated', claims.sub, context, { session_id: claims.sid })],
      ...callerParameters(claims, context),
    },
  );
  return row ?? { user_id: null, retry_after: null };
}

/** What is shown in a session that there is. */
export interface ShownAgain {
  /** Of the account when the factor was compared. */
  readonly passwordEpoch: number;
  readonly kind: SecondFactor;
  /** Null of a mailed code, which is no row. */
  readonly factor: FactorUse | null;
  /** What counts once, beside the factor's own step or code. */
  readonly once: OneUse | null;
}

/**
 * Raises the caller's session to what the factor gives: this one alone.
 * @returns null when the session is over, or the factor was used, closed or removed since it was compared
 */
export async function reauthenticateByFactor(
  database: Database,
  claims: Caller,
  { passwordEpoch, kind, factor, once }: ShownAgain,
  context: RequestContext,
): Promise<(TokenSubject & TokenSession) | null> {
  const amr = methodsOf[kind];
  const [row] = await database.query<(TokenSubject & TokenSession) | { readonly user_id: null }>(
    `
    with ${spends}, ${caller},
    person as (
      select u.user_id
      from users u
      join caller using (user_id)
      where u.password_epoch = :password_epoch::integer
      for share of u
    ),
    ${usesFactor('person')},
    raised as (
      update sessions s
      set ${raised}, last_seen_at = :now::timestamptz
      from caller
      join person using (user_id)
      where s.session_id = caller.session_id and s.revoked_at is null and ${isFactorUsed} and ${isUnspent}
      returning s.*
    ),
    recorded as (${record('audit', 'raised')}),
    -- By this statement's earlier try, whose answer was lost.
    before as (
      select s.*
      from sessions s
      join caller using (session_id)
      where s.level_at = :now::timestamptz and s.reauthenticated_at = :now::timestamptz
    )
    select
      ${subjectColumns},
      ${tokenColumns('p')},
      decide_anew(exists (select from person) and ${isFactorTakenMeanwhile})
    from (values (true)) as given
    left join (select * from raised union all select * from before) p on true
    ${subjectJoins}`,
    {
      password_epoch: passwordEpoch,
      ...shownParameters(amr),
      ...factorParameters(factor, context),
      ...onceParameters(once),
      audit: [auditEntry('session.reauthenticated', claims.sub, context, { session_id: claims.sid, amr })],
      ...callerParameters(claims, context),
    },
  );
  return row && row.user_id !== null ? row : null;
}
