/** Settings of access tokens, of the keys that sign them, of sessions and of known devices. */
import { z } from 'zod';
import { days, seconds } from './units.ts';

export const sessionSettings = {
  /** `aud` of every access token: the services that it is meant for. */
  audience: z.string().regex(/^\S+$/, 'no spaces').default('huleedu-platform'),
  /** Access token lifetime, seconds. Short, because a token cannot be recalled (RFC 9700 §2.2). */
  accessTokenSeconds: seconds.max(3600).default(900),
  /**
   * Access tokens name a bit of a status list, and services that read the lists know within twice this time, seconds, that
   * a session has ended (README, "Status lists"); 0: there are none.
   */
  statusListSeconds: z.int().min(0).max(300).default(0),
  /** How far another machine's clock may be off, seconds (S17). */
  clockSkewSeconds: z.int().nonnegative().max(30).default(30),

  /** The life of the keys that sign access tokens (functions/domain/key-lifecycle.ts). */
  signingKeys: z
    .strictObject({
      /** A key signs for this long, days; then the next key does. */
      rotateDays: days.max(365).default(90),
      /**
       * A key is published for this long before it signs, hours: longer than any cache can lack it, also API Gateway's
       * (2 h) and one with stale-if-error (12 h).
       */
      publishAheadHours: z.int().min(13).default(24),
      /** Days between a key's last use and its deletion; until then KMS can restore the key. KMS allows 7 to 30. */
      deletionDays: z.int().min(7).max(30).default(7),
    })
    .refine((k) => k.rotateDays * 24 >= k.publishAheadHours + 48, {
      path: ['rotateDays'],
      message: 'must leave room for publishAheadHours and two daily runs',
    })
    .prefault({}),

  /** A session ends after this long without a refresh, days (S25). */
  sessionIdleDays: days.default(30),
  /** A session ends after this long in all, days (S25). */
  sessionMaxDays: days.default(90),
  /** A superseded refresh token still returns its successor for this long, seconds: lost answers, racing tabs (S18). */
  refreshGraceSeconds: z.int().nonnegative().max(60).default(10),

  /** Where a stolen token must not be enough, the password must have been given in this time, seconds (S85). */
  reauthenticationSeconds: seconds.min(60).max(3600).default(300),

  /** A device stays known for this long after its last login, days: only its own failures slow it down (S67). */
  deviceDays: days.max(400).default(90),
};
