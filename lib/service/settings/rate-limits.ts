/** Settings of what slows down whoever guesses or floods. */
import { z } from 'zod';
import { seconds } from './units.ts';

/** At most `limit` of something by one address or one IP within `windowSeconds`. */
const rateLimit = (limit: number, windowSeconds: number) =>
  z
    .strictObject({ limit: z.int().positive().default(limit), windowSeconds: seconds.default(windowSeconds) })
    .prefault({});

export const rateLimitSettings = {
  /** Counting can be switched off for load tests; never in production. */
  rateLimiting: z.enum(['on', 'off']).default('on'),
  rateLimits: z
    .strictObject({
      loginPerAddress: rateLimit(5, 60),
      /** In place of the address's, where a device is known. */
      loginPerDevice: rateLimit(5, 60),
      loginPerIp: rateLimit(20, 60),
      registerPerIp: rateLimit(10, 3600),
      mailPerAddress: rateLimit(3, 3600),
      /** Mails with a link, whoever they are to: less than what a school asks for, more than what a script may. */
      mailPerIp: rateLimit(30, 3600),
      tokenGuessPerIp: rateLimit(10, 60),
      /** Tries of an account's mailed codes, right or wrong (S83). */
      codePerAccount: rateLimit(5, 300),
      codePerAccountDaily: rateLimit(20, 86_400),
      /** New passwords tried with one genuine reset link: each may cost a hash and a look at the breach service. */
      passwordPerLink: rateLimit(10, 60),
      /** Present passwords tried with one access token, also at once: as many as lock what they are counted by. */
      passwordPerSession: rateLimit(5, 60),
      /** What they say is chosen by whoever founds an organisation, so nobody mails thousands of strangers. */
      invitationPerUser: rateLimit(30, 3600),
      invitationPerUserDaily: rateLimit(100, 86_400),
      /** By all who may invite to it. */
      invitationPerOrganization: rateLimit(200, 86_400),
      /** Mails that one other service asks for on the bus, and that all of them do: SES counts them against the account. */
      mailRequestsPerSource: rateLimit(1000, 3600),
      mailRequestsInAll: rateLimit(5000, 3600),
      /** Rotations of a session's refresh token, a second apart in any case: KMS signs for all sessions (S68). */
      refreshPerSession: rateLimit(30, 60),
      /** Superseded tokens of a session that are honoured: tabs that wake at once are all answered, a loop is not. */
      replayPerSession: rateLimit(60, 60),
    })
    .prefault({}),
  /** This many failures in a row lock an address (S10). */
  lockoutFailures: z.int().min(3).default(5),
  /** For this long, seconds (S10). */
  lockoutSeconds: seconds.default(900),
};
