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
  /** Clients that nobody here has made: agents (MCP), and others that sign in by themselves. */
  registration: z
    .strictObject({
      /**
       * Who may register a client at `/oauth/register` (RFC 7591): nobody; whoever has a token of `npm run clients --
       * new-token`; everybody, within `rateLimits.registrationPerIp` and `registrationInAll`.
       */
      clients: z.enum(['off', 'token', 'open']).default('off'),
      /** Whether a `client_id` may be the address of a document that says what the client is. */
      documents: z.boolean().default(false),
      /** What their tokens may be meant for (RFC 8707), beside the client itself: the addresses of your MCP servers. */
      resources: z
        .array(z.string().regex(/^[!-~]{1,200}$/, 'must be 1 to 200 characters without spaces'))
        .max(10)
        .default([]),
      /** One that nobody has let use an account is deleted after this long, days. */
      unusedDays: days.max(365).default(30),
    })
    .prefault({}),
};
