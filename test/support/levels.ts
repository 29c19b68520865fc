/** Levels of sessions for tests that are not about how somebody reaches one: rows as the doors leave them. */
import type { Tokens } from './people.ts';
import type { Service } from './service.ts';

/** A second factor was shown in this session, so many seconds ago. */
export async function raise(service: Service, { sessionId }: Pick<Tokens, 'sessionId'>, secondsAgo = 0): Promise<void> {
  await service.sql(
    `update sessions
    set
      amr = '{pwd,otp,mfa}',
      -- By the service's clock, which may be ahead.
      level_at = greatest(now(), last_seen_at) - make_interval(secs => $2::integer),
      level_until = greatest(now(), last_seen_at) - make_interval(secs => $2::integer) + interval '1 hour'
    where session_id = $1`,
    [sessionId, secondsAgo],
  );
}
