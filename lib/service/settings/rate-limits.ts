/** Settings of the limits that slow down guessing and flooding. */
import { z } from 'zod';
import { seconds } from './units.ts';

/** One address, IP or other key may do something at most `limit` times within `windowSeconds`. */
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
      /** Replaces the limit per address where a device is known. */
      loginPerDevice: rateLimit(5, 60),
      loginPerIp: rateLimit(20, 60),
      registerPerIp: rateLimit(10, 3600),
      mailPerAddress: rateLimit(3, 3600),
      /** Mails with a link, to any address: enough for a school, too few for a script. */
      mailPerIp: rateLimit(30, 3600),
      tokenGuessPerIp: rateLimit(10, 60),
      /** Attempts at an account's mailed codes, right or wrong (S83). */
      codePerAccount: rateLimit(5, 300),
      codePerAccountDaily: rateLimit(20, 86_400),
      /** New passwords tried with one valid reset link: each may cost a hash and a request to the breach service. */
      passwordPerLink: rateLimit(10, 60),
      /** Current passwords tried with one access token, also at once: as many as `lockoutFailures`. */
      passwordPerSession: rateLimit(5, 60),
      /** Founders choose what invitations say; the limit keeps them from mailing thousands of strangers. */
      invitationPerUser: rateLimit(30, 3600),
      invitationPerUserDaily: rateLimit(100, 86_400),
      /** By all members together who may invite to the organisation. */
      invitationPerOrganization: rateLimit(200, 86_400),
      /** Mails requested on the bus, by one other service and by all: SES counts them against this AWS account. */
      mailRequestsPerSource: rateLimit(1000, 3600),
      mailRequestsInAll: rateLimit(5000, 3600),
      /** Rotations of a session's refresh token, always a second apart or more: sessions share KMS's quota (S68). */
      refreshPerSession: rateLimit(30, 60),
      /** A session's superseded tokens that still get an answer: enough for tabs that wake at once, not for a loop. */
      replayPerSession: rateLimit(60, 60),
    })
    .prefault({}),
  /** This many failures in a row lock an address (S10). */
  lockoutFailures: z.int().min(3).default(5),
  /** A lock lasts for this long, seconds (S10). */
  lockoutSeconds: seconds.default(900),
};
