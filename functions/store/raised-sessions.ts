/** Raising a session by a second factor that its person has shown. By the password it is reauthentication.ts. */
import type { Method } from '../domain/authentication-level.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type FactorUse, factorParameters, usesFactor } from './factor-use.ts';
import { raised, shownParameters } from './levels.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';

export interface ShownFactor {
  readonly amr: readonly Method[];
  readonly factor: FactorUse;
}

/** @returns false where the session is over, or the factor was removed, closed or used meanwhile */
export async function raiseSession(
  database: Database,
  by: Caller,
  { amr, factor }: ShownFactor,
  context: RequestContext,
): Promise<boolean> {
  const [row] = await database.query<{ is_raised: boolean }>(
    `
    with ${caller},
    person as (
      select u.user_id
      from users u
      join caller using (user_id)
      where u.password_epoch = caller.password_epoch
      for no key update of u
    ),
    ${usesFactor('person')},
    raised as (
      update sessions s
      set ${raised}, last_seen_at = :now::timestamptz
      from caller, factor
      -- Ended while this waited for its row.
      where s.session_id = caller.session_id and s.revoked_at is null
      returning s.session_id
    ),
    recorded as (${record('audit', 'raised')}),
    -- By this statement's earlier try, whose answer was lost.
    before as (
      select
      from sessions s
      join caller using (session_id)
      where s.level_at = :now::timestamptz and s.reauthenticated_at = :now::timestamptz
    )
    select
      exists (select from raised) or exists (select from before) as is_raised,
      -- That try goes on after its caller has given it up.
      decide_anew(exists (select from person) and not exists (select from raised) and not exists (select from before))`,
    {
      ...shownParameters(amr),
      ...factorParameters(factor),
      audit: [auditEntry('session.reauthenticated', by.sub, context, { session_id: by.sid })],
      ...callerParameters(by, context),
    },
  );
  return row?.is_raised ?? false;
}
