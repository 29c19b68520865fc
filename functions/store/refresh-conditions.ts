/** What the statement that takes a refresh token goes by (refresh.ts): conditions on a session `s` and the token. */
import { idleSeconds } from './shared-devices.ts';

/** A door that takes tokens: the JSON door here, that of clients in client-refresh.ts. What is text is SQL. */
export interface Door {
  /** CTEs before the decision, each with a comma after it. */
  readonly before?: string;
  /** True of a session `s` whose tokens are taken here, and nowhere else (S76). */
  readonly takes: string;
  /** What else changes where a token is taken: columns, each with a comma after it. */
  readonly sets?: string;
  /** True where what is asked for may be had of a session `s`. Nothing changes otherwise. */
  readonly allows: string;
  /** What a token that is good is told where it may not: `when … then` of a verdict. */
  readonly refusals: string;
  /** True of a good token that nothing above refuses: where nothing changed, others came between. */
  readonly isOvertaken?: string;
  /** What is answered of a session `s`, its user `u`, the row `p` that was changed, and the membership `m`. */
  readonly columns: string;
}

const isCurrent = '(s.generation = :generation and s.current_hash = :token_hash)';

/** The row's current token, which another follows. */
export const rotates = `(${isCurrent} and s.refresh <> 'keeps')`;

/** The row's current token, which stays: useless without the credentials of its client. */
export const isKept = `(${isCurrent} and s.refresh = 'keeps')`;

/**
 * It was, and this statement has put its successor there: in this try, or in an earlier one, whose answer was lost. Without
 * this a token that is honoured once would then be one of a thief.
 */
export const isRotated = `(
  s.generation = :generation + 1
  and s.rotated_at = :now::timestamptz
  and s.current_hash = sha256(sha256(:seed::bytea || coalesce(s.chain_nonce, '')))
  and s.rotated_agent = :agent
)`;

/**
 * The token just before the current one, within the grace, from where the current one was sent (S70). Where two overlap, it
 * is good until the current one is first used, wherever it comes from: a client's servers are several.
 */
export const isReplayed = `(
  not ${isRotated}
  and s.generation = :generation + 1
  and s.previous_hash is not distinct from :token_hash
  and (
    s.refresh = 'overlaps'
    or (
      s.rotated_at >= :now::timestamptz - make_interval(secs => :grace_seconds)
      and coalesce(s.rotated_agent = :agent, true)
    )
  )
)`;

/** Seconds that it lasts without use. What a client keeps is no device that people share. */
export const idle = `
  case
    when s.kind = 'api' then ${idleSeconds(':idle_seconds::integer', 's')}
    else coalesce(s.idle_seconds, :idle_seconds::integer)
  end`;

const isNew = 'not :at::timestamptz = any (s.replays)';

/** Not by this statement's earlier try, whose answer was lost. */
export const isNewReplay = `(${isReplayed} and ${isNew})`;

/** Answered without a rotation, and counted so: also a token that stays, which several servers of a client may use at once. */
export const isNewAnswer = `((${isReplayed} or ${isKept}) and ${isNew})`;

/** Any other token that the chain superseded. Its MAC was good, so the session did have it. */
export const isReused = `(s.generation > :generation and :generation >= s.chain_start and not ${isReplayed} and not ${isRotated})`;

type Answers = 'rotations' | 'replays';

/** The times at which the session was answered within the limit's window, this one first; no more than the limit asks for. */
export const noted = (answers: Answers, time: ':now' | ':at') => `array(
  select at
  from unnest(${time}::timestamptz || s.${answers}) as at
  where at > :now::timestamptz - make_interval(secs => :${answers}_seconds)
  limit :most_${answers}
)`;

/** As many as there may be within the window. */
const isFull = (answers: Answers) => `(
  select count(*) >= :most_${answers}
  from unnest(s.${answers}) as at
  where at > :now::timestamptz - make_interval(secs => :${answers}_seconds)
)`;

/**
 * Each answer costs a signature of KMS, which all share (S68). Rotations come a second apart and so many a minute.
 * Replays have a limit of their own, since fifty tabs that wake at once are all to be answered (S19).
 */
export const isTooOften = `(
  :limited
  and case
    when ${rotates} then ${isFull('rotations')} or coalesce(s.rotations[1] > :now::timestamptz - interval '1 second', false)
    else ${isFull('replays')}
  end
)`;

/** Seconds until the session may be answered again: when the oldest of a full window leaves it, or else the next second. */
export const freeIn = (answers: Answers) => `(
  select case
    when count(*) >= :most_${answers}
      then ceil(extract(epoch from min(at) - :now::timestamptz) + :${answers}_seconds)::integer
    else 1
  end
  from unnest(s.${answers}) as at
  where at > :now::timestamptz - make_interval(secs => :${answers}_seconds)
)`;
