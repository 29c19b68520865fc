/** Noting that a session's person gave the password again (S85). */

import type { TokenSubject } from '../domain/access-token.ts';
import type { SessionLevel } from '../domain/authentication-level.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type Below, type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { locked } from './failed-logins.ts';
import { levelColumns, raised, shownParameters } from './levels.ts';
import { type Caller, caller, callerParameters, subjectColumns, subjectJoins } from './sessions.ts';

export interface Reauthentication {
  /** Of the password that was compared. */
  readonly passwordEpoch: number;
  readonly sessionKey: Uint8Array;
}

export type Reauthenticated =
  | (TokenSubject & SessionLevel & Below)
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
    select (select retry_after from locked) as retry_after, ${subjectColumns}, ${levelColumns('p')}, ${isBelow('p', 'u', 'p.org_id')} as is_below
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
