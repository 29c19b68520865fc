/** The refresh chain's one decision (design.md, "The refresh chain"; RFC 9700 §4.14). */
import type { Database } from '../aws/data-api.ts';
import type { TokenSubject } from '../domain/access-token.ts';
import type { OrgId } from '../domain/ids.ts';
import type { Origin } from '../domain/origin.ts';
import type { RefreshToken } from '../domain/refresh-token.ts';
import { settings } from '../settings.ts';
import { isLive, revokeParameters, tellRevoked } from './sessions.ts';

/**
 * - `rotated`: the token was the session's current one; its successor is now
 * - `replayed`: it was until a moment ago: a lost response, a second tab; nothing changed
 * - `reused`: it was superseded before that, so two hold the session's tokens; the session is revoked
 * - `expired`: the session is past an end
 * - `not_a_member`: the organisation asked for is not the person's; nothing changed
 * - `invalid`: anything else
 */
export type Verdict = 'rotated' | 'replayed' | 'reused' | 'expired' | 'not_a_member' | 'invalid';

export type Refreshed =
  | ({
      readonly verdict: 'rotated' | 'replayed';
      /** SHA-256 of the token to answer: of the successors that the key's versions give, the one the row holds. */
      readonly current_hash: Uint8Array;
    } & TokenSubject)
  | { readonly verdict: Exclude<Verdict, 'rotated' | 'replayed'> };

const DAY = 24 * 60 * 60;

/**
 * Presents a genuine token. One UPDATE of one row decides: who waits for its lock finds the row as the first has left
 * it, since PostgreSQL then evaluates the conditions and the CASEs again (READ COMMITTED, EvalPlanQual).
 * @param successor hash of the token to follow, should this one rotate
 * @param orgId the organisation to change to
 */
export async function presentRefreshToken(
  database: Database,
  token: RefreshToken,
  successor: RefreshToken,
  orgId: OrgId | undefined,
  origin: Origin,
): Promise<Refreshed> {
  const [row] = await database.query<Refreshed>(
    `
    with presented as (
      update sessions s
      set
        generation = case when ${rotates} then s.generation + 1 else s.generation end,
        current_hash = case when ${rotates} then :successor_hash else s.current_hash end,
        previous_hash = case when ${rotates} then s.current_hash else s.previous_hash end,
        rotated_at = case when ${rotates} then :now::timestamptz else s.rotated_at end,
        last_seen_at = case when ${rotates} then :now::timestamptz else s.last_seen_at end,
        idle_expires_at = case
          when ${rotates} then :now::timestamptz + make_interval(secs => :idle_seconds)
          else s.idle_expires_at
        end,
        org_id = case
          when ${rotates} and :org_id::uuid is not null then :org_id::uuid
          -- Removed from the organisation since: the session goes on without one (S40).
          when ${rotates} then (select org_id from memberships m where m.user_id = s.user_id and m.org_id = s.org_id)
          else s.org_id
        end,
        revoked_at = case when ${isReused} then :now::timestamptz end,
        revoked_reason = case when ${isReused} then :reason end
      from
        users u
        left join memberships asked on asked.user_id = u.user_id and asked.org_id = :org_id::uuid
      where
        s.session_id = :session_id::uuid
        and u.user_id = s.user_id
        and ${isLive}
        and (${rotates} or ${isReplayed} or ${isReused})
      returning
        s.session_id,
        s.user_id,
        new.org_id,
        new.current_hash,
        case
          when new.revoked_at is not null then 'reused'
          when new.generation > old.generation then 'rotated'
          else 'replayed'
        end as verdict
    ),
    reused as (select * from presented where verdict = 'reused'),
    ${tellRevoked('reused')}
    select
      coalesce(p.verdict, case
        when s.revoked_at is null and least(s.idle_expires_at, s.expires_at) <= :now::timestamptz then 'expired'
        when s.generation = :generation and s.current_hash = :token_hash and ${isLive} then 'not_a_member'
        else 'invalid'
      end) as verdict,
      p.current_hash,
      u.user_id,
      u.email_verified_at is not null as email_verified,
      u.platform_roles,
      p.org_id,
      coalesce(m.roles, '{}') as roles
    from (values (:session_id::uuid)) as given (session_id)
    left join sessions s using (session_id)
    left join users u using (user_id)
    left join presented p on true
    left join memberships m on m.user_id = p.user_id and m.org_id = p.org_id`,
    {
      session_id: token.sessionId,
      generation: token.generation,
      token_hash: token.hash,
      successor_hash: successor.hash,
      org_id: orgId,
      grace_seconds: settings.refreshGraceSeconds,
      idle_seconds: settings.sessionIdleDays * DAY,
      ...revokeParameters('reuse_detected', origin),
    },
  );
  return row ?? { verdict: 'invalid' };
}

/** The row's current token, and the organisation asked for, if any, is one of the person's. */
const rotates = `(
  s.generation = :generation
  and s.current_hash = :token_hash
  and (:org_id::uuid is null or asked.org_id is not null)
)`;

/** The token just before the current one, within the grace. */
const isReplayed = `(
  s.generation = :generation + 1
  and s.previous_hash = :token_hash
  and s.rotated_at >= :now::timestamptz - make_interval(secs => :grace_seconds)
)`;

/** Any other token that was superseded. Its MAC was good, so the session did have it. */
const isReused = `(s.generation > :generation and not ${isReplayed})`;
