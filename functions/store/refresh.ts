/** The refresh chain's one decision (functions/README.md, "The refresh chain"; RFC 9700 §4.14). */
import type { TokenSession, TokenSubject } from '../domain/access-token.ts';
import type { OrgId } from '../domain/ids.ts';
import { exactTime } from '../domain/rate-limit.ts';
import { type RefreshToken, type Seed, sha256 } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { keptLevel, tokenColumns } from './levels.ts';
import {
  type Door,
  freeIn,
  idle,
  isKept,
  isNewAnswer,
  isNewReplay,
  isReplayed,
  isReused,
  isRotated,
  isTooOften,
  noted,
  rotates,
} from './refresh-conditions.ts';
import { reportRevoked, revokeParameters } from './revocation.ts';
import { newStatusIndex, type StatusListSetting, statusParameters } from './session-statuses.ts';
import { authenticatedAt, isLive, subjectColumns } from './sessions.ts';

/**
 * - `rotated`: the token was the session's current one; its successor is now
 * - `kept`: it is, and stays so
 * - `replayed`: it was until a moment ago: a lost response, a second tab; its successor stays the same
 * - `reused`: it was superseded before that, or for another user agent, so two hold the session's tokens; the session is
 *   revoked
 * - `expired`: the session is past an end
 * - `too_often`: the session was answered as often as it may be for now; nothing changed
 * - `not_a_member`: the organisation asked for is not the person's; nothing changed
 * - `too_weak`: the session is below what is demanded where the token would be for (S86); nothing changed
 * - `invalid`: anything else
 */
export type Verdict = Renewed | NotRenewed | 'too_often';

export type Renewed = 'rotated' | 'replayed' | 'kept';
export type Refused = 'reused' | 'expired' | 'invalid';
type NotRenewed = Refused | 'not_a_member' | 'too_weak';

export type Refreshed = (Successor & TokenSubject & TokenSession) | TooOften | { readonly verdict: NotRenewed };

export interface Successor {
  readonly verdict: Renewed;
  /** SHA-256 of the token to answer: of the successors that the key's versions give, the one the row holds. */
  readonly current_hash: Uint8Array;
  readonly chain_nonce: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly authenticated_at: number;
}

export interface TooOften {
  readonly verdict: 'too_often';
  readonly limit: 'refreshPerSession' | 'replayPerSession';
  /** Seconds. */
  readonly retry_after: number;
}

export interface Presented {
  readonly token: RefreshToken;
  /** Of the token to follow, should this one rotate. */
  readonly seed: Seed;
  /** The organisation to change to. */
  readonly orgId: OrgId | undefined;
}

export type RefreshSettings = DemandSettings &
  StatusListSetting &
  Pick<Settings, 'refreshGraceSeconds' | 'sessionIdleDays' | 'rateLimits' | 'rateLimiting'>;

/** Of a session `s`: the token is one that it answers. */
export const isGood = `(${isLive} and (${rotates} or ${isReplayed} or ${isKept}))`;
const isTooWeak = isBelow('s', 'u', 'coalesce(:org_id::uuid, s.org_id)');
const jsonDoor: Door = {
  takes: "s.kind = 'api'",
  allows: '(:org_id::uuid is null or asked.org_id is not null)',
  refusals: `
    when ${isGood} and :org_id::uuid is not null and not exists (
      select from memberships asked where asked.user_id = s.user_id and asked.org_id = :org_id::uuid
    ) then 'not_a_member'`,
  isOvertaken: `${isGood} and not ${isTooOften} and not ${isTooWeak} and :org_id::uuid is null`,
  columns: `${subjectColumns}, ${tokenColumns('s')}`,
};

/**
 * The statement that takes a genuine token at a door. One UPDATE of one row decides: who waits for its lock finds the row
 * as the first has left it, since PostgreSQL then evaluates the conditions and the CASEs again (READ COMMITTED,
 * EvalPlanQual). What the UPDATE leaves alone is distinguished afterwards.
 */
export const chainStatement = ({
  before = '',
  takes,
  sets = '',
  allows,
  refusals,
  isOvertaken = 'false',
  columns,
}: Door) =>
  `
  with ${before}
  presented as (
    update sessions s
    set
      ${sets}
      generation = case when ${rotates} then s.generation + 1 else s.generation end,
      current_hash = case
        when ${rotates} then sha256(sha256(:seed::bytea || coalesce(s.chain_nonce, '')))
        else s.current_hash
      end,
      previous_hash = case
        when ${rotates} and s.honoured_once then null
        when ${rotates} then s.current_hash
        else s.previous_hash
      end,
      honoured_once = s.honoured_once and not ${rotates},
      rotated_at = case when ${rotates} then :now::timestamptz else s.rotated_at end,
      rotated_agent = case when ${rotates} then :agent else s.rotated_agent end,
      rotations = case when ${rotates} then ${noted('rotations', ':now')} else s.rotations end,
      replays = case when ${isNewAnswer} then ${noted('replays', ':at')} else s.replays end,
      replayed = (s.replayed or ${isReplayed}) and not ${rotates},
      replay_count = case when ${isNewReplay} then s.replay_count + 1 else s.replay_count end,
      last_seen_at = case when ${rotates} or ${isKept} then :now::timestamptz else s.last_seen_at end,
      idle_expires_at = case
        when ${rotates} or ${isKept}
          then :now::timestamptz + make_interval(secs => ${idle})
        else s.idle_expires_at
      end,
      level_until = case when ${rotates} or ${isKept} then ${keptLevel('s')} else s.level_until end,
      org_id = case
        when ${isReused} then s.org_id
        when :org_id::uuid is not null then :org_id::uuid
        -- Removed from the organisation since: the session goes on without one (S40).
        else (select org_id from memberships m where m.user_id = s.user_id and m.org_id = s.org_id)
      end,
      -- Of a session from before there were lists; its tokens name it from the next refresh on.
      status_index = coalesce(s.status_index, ${newStatusIndex}),
      revoked_at = case when ${isReused} then :now::timestamptz end,
      revoked_reason = case when ${isReused} then :reason end
    from
      users u
      left join memberships asked on asked.user_id = u.user_id and asked.org_id = :org_id::uuid
    where
      s.session_id = :session_id::uuid
      and ${takes}
      and u.user_id = s.user_id
      and ${isLive}
      and (
        ${isReused}
        or ${isRotated}
        or (
          (${rotates} or ${isReplayed} or ${isKept})
          and not ${isTooOften}
          and ${allows}
          and not ${isTooWeak}
        )
      )
    returning
      s.session_id,
      s.user_id,
      new.org_id,
      new.generation,
      new.current_hash,
      coalesce(new.chain_nonce, '') as chain_nonce,
      new.replay_count,
      -- Tabs come by the dozen: the first replay of each rotation is what the audit log tells.
      new.replayed and not old.replayed as first_replay,
      case
        when new.revoked_at is not null then 'reused'
        when ${isRotated} then 'rotated'
        when ${isKept} then 'kept'
        else 'replayed'
      end as verdict
  ),
  recorded_replay as (${recordEach(
    'session.refresh_replayed',
    { detail: { session_id: 'session_id', generation: 'generation', replays: 'replay_count' } },
    'presented',
  )}
    where first_replay
  ),
  reused as (select * from presented where verdict = 'reused'),
  ${reportRevoked('reused')}
  select
    coalesce(p.verdict, case
      -- By this statement's earlier try, whose answer was lost.
      when s.revoked_at = :now::timestamptz and s.revoked_reason = :reason then 'reused'
      when s.revoked_at is null and least(s.idle_expires_at, s.expires_at) <= :now::timestamptz then 'expired'
      when ${isGood} and ${isTooOften} then 'too_often'
      ${refusals}
      when ${isGood} and ${isTooWeak} then 'too_weak'
      else 'invalid'
    end) as verdict,
    case when ${rotates} then 'refreshPerSession' else 'replayPerSession' end as limit,
    case when ${rotates} then ${freeIn('rotations')} else ${freeIn('replays')} end as retry_after,
    p.current_hash,
    p.chain_nonce,
    (extract(epoch from ${authenticatedAt}) * 1000)::bigint as authenticated_at,
    ${columns},
    decide_anew(p.verdict is null and coalesce(${isOvertaken}, false))
  from (values (:session_id::uuid)) as given (session_id)
  left join sessions s on s.session_id = given.session_id and ${takes}
  left join users u using (user_id)
  left join presented p on true
  left join memberships m on m.user_id = p.user_id and m.org_id = p.org_id`;

const atJsonDoor = chainStatement(jsonDoor);

/** Presents a genuine token at the JSON door. */
export async function presentRefreshToken(
  database: Database,
  presented: Presented,
  settings: RefreshSettings,
  context: RequestContext,
): Promise<Refreshed> {
  const [row] = await database.query<Refreshed>(atJsonDoor, chainParameters(presented, settings, context));
  return row ?? { verdict: 'invalid' };
}

export function chainParameters({ token, seed, orgId }: Presented, settings: RefreshSettings, context: RequestContext) {
  const { refreshPerSession, replayPerSession } = settings.rateLimits;
  return {
    session_id: token.sessionId,
    generation: token.generation,
    token_hash: token.hash,
    seed: seed.bytes,
    at: exactTime(context.now),
    // A missing header is a user agent too.
    agent: sha256(context.userAgent ?? ''),
    org_id: orgId,
    grace_seconds: settings.refreshGraceSeconds,
    idle_seconds: settings.sessionIdleDays * 86_400,
    ...demandParameters(settings),
    ...statusParameters(settings),
    limited: settings.rateLimiting === 'on',
    most_rotations: refreshPerSession.limit,
    rotations_seconds: refreshPerSession.windowSeconds,
    most_replays: replayPerSession.limit,
    replays_seconds: replayPerSession.windowSeconds,
    ...revokeParameters('reuse_detected', context),
  };
}
