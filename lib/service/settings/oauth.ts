/** Settings of browsers' sessions and of what clients are given. */
import { z } from 'zod';
import { days } from './units.ts';

export const oauthSettings = {
  /** The sessions that hosted pages keep by a cookie. */
  browserSessions: z
    .strictObject({
      /** It ends after this long without a visit of our pages, hours; a client that refreshes does not count. */
      idleHours: z.int().min(1).max(72).default(12),
      /** The same where the person ticked "keep me signed in", days. */
      keptIdleDays: days.max(90).default(30),
      /** It ends after this long in all, days. */
      maxDays: days.max(365).default(90),
    })
    .prefault({}),
};
