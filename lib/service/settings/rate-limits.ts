/** Settings of the limits that slow down guessing and flooding. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { seconds } from './units.ts';

/** One address, IP or other key may do something at most `limit` times within `windowSeconds`. */
const rateLimit = (limit: number, windowSeconds: number) =>
  z
    .strictObject({ limit: z.int().positive().default(limit), windowSeconds: seconds.default(windowSeconds) })
    .prefault({});

/** Narrow enough that no setting lifts the limits of a whole provider, or of everybody. */
const FEWEST_BITS = { 4: 16, 6: 32 } as const;

/** An address with the length of its prefix (RFC 4632 §3.1, RFC 4291 §2.3). */
function isNetwork(cidr: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(cidr) ?? [];
  const version = isIP(address);
  return (version === 4 || version === 6) && +bits >= FEWEST_BITS[version] && +bits <= (version === 4 ? 32 : 128);
}

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
      /** OAuth clients that register themselves; apart from it, changes of a registration. */
      registrationPerIp: rateLimit(20, 3600),
      registrationInAll: rateLimit(2000, 86_400),
      mailPerAddress: rateLimit(3, 3600),
      /** Replaces the limit per address for mails that sign in, where a device is known. */
      mailPerDevice: rateLimit(3, 3600),
      /** Codes tried with one `login_id`, within the ten minutes that it works (S83). */
      emailCodePerLogin: rateLimit(5, 600),
      /** Mails with a link, to any address: enough for a school, too few for a script. */
      mailPerIp: rateLimit(30, 3600),
      /** Changes of address that an account asks for: each mails a stranger, perhaps. */
      emailChangePerUser: rateLimit(5, 86_400),
      /**
       * Devices without a browser that ask by one client, and codes of theirs that are typed by all who are not signed in
       * (S81); whoever is types as `codePerAccount` has it. From an address both count as logins and guesses do.
       */
      deviceCodes: rateLimit(20_000, 3600),
      tokenGuessPerIp: rateLimit(10, 60),
      /** Attempts at an account's mailed codes (S83); the day's are wrong ones, where a right one signs in. */
      codePerAccount: rateLimit(5, 300),
      codePerAccountDaily: rateLimit(20, 86_400),
      /** The same of one second factor of an account, of a known device apart from all others (S83). */
      factorGuess: rateLimit(5, 300),
      factorGuessDaily: rateLimit(20, 86_400),
      /** Wrong mailed codes beside the password, in 30 days: other factors close after as many (S83). */
      mailedFactorGuess: rateLimit(100, 30 * 86_400),
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
  /**
   * Networks whose addresses many people share: a school's, a partner's gateway. What is limited for each client address
   * holds `times` as often for each of their addresses (of IPv6 each /64), or is not limited; what is limited for an
   * account, a device or a mailbox holds as everywhere. The first entry that has an address decides.
   */
  sharedNetworks: z
    .array(
      z.strictObject({
        times: z.union([z.int().min(2).max(10_000), z.literal('unlimited')]),
        cidrs: z
          .array(
            z.string().refine(isNetwork, 'must be a network: 192.0.2.7/32, of IPv4 /16 to /32, of IPv6 /32 to /128'),
          )
          .min(1),
      }),
    )
    .default([]),
  /** This many failures in a row lock an address (S10). */
  lockoutFailures: z.int().min(3).default(5),
  /** A lock lasts for this long, seconds (S10). */
  lockoutSeconds: seconds.default(900),
};

/**
 * API Gateway's throttles that differ from the route table's, by route: `"POST /v1/auth/login": { … }`. They hold for
 * all callers together, so a flood at one route leaves the others alone.
 *
 * The table's carry 10 million logins a day: 116 a second on average. A school's day has its peak in the morning: a fifth
 * of the day's logins in one hour, and within that hour some minutes at nearly twice its average, so
 * 10,000,000 × 0.2 ÷ 3,600 × 1.8 = 1,000 a second. Each login has about one refresh and one look at the profile in the
 * same minutes, so these routes have as much. What else has to carry that: KMS signs both, so its quota of RSA
 * operations a second (README, "Signing keys") has to be 2,000; and `concurrency`, how many invocations run at once where
 * concurrency is reserved, has to be the rate times the seconds that one takes (login 0.2, refresh 0.05), doubled for
 * cold starts.
 */
export const throttleSettings = z
  .record(
    z.string().regex(/^(?:GET|POST|PUT|DELETE) \//, 'must be a method and a path of the route table'),
    z
      .strictObject({
        /** Requests a second. */
        rate: z.int().positive(),
        /** How many may come at once. */
        burst: z.int().positive(),
        concurrency: z.int().positive(),
      })
      .partial(),
  )
  .default({});
