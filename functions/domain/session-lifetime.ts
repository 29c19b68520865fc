/** How long sessions last, in seconds: unused, and in all (S25). */
import type { Settings } from './settings.ts';

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

export interface SessionLifetime {
  readonly idleSeconds: number;
  readonly maxSeconds: number;
}

export type SessionLifetimeSettings = Pick<Settings, 'sessionIdleDays' | 'sessionMaxDays'>;

/** Of a session of the JSON door, or of a client without a rule of its own. */
export const sessionLifetime = ({ sessionIdleDays, sessionMaxDays }: SessionLifetimeSettings): SessionLifetime => ({
  idleSeconds: sessionIdleDays * DAY,
  maxSeconds: sessionMaxDays * DAY,
});

/** @param keep "keep me signed in" was ticked */
export const browserLifetime = (
  { browserSessions: { idleHours, keptIdleDays, maxDays } }: Pick<Settings, 'browserSessions'>,
  keep: boolean,
): SessionLifetime => ({
  idleSeconds: keep ? keptIdleDays * DAY : idleHours * HOUR,
  maxSeconds: maxDays * DAY,
});
