/** Settings of access tokens, the keys that sign them, sessions and known devices. */
import { z } from 'zod';
import { days, seconds } from './units.ts';

export const sessionSettings = {
  /** `aud` of every access token: who it is meant for. */
  audience: z.string().regex(/^\S+$/, 'no spaces').default('huleedu-platform'),
  /** Access token lifetime, seconds. Short, since a token cannot be called back (RFC 9700 §2.2). */
  accessTokenSeconds: seconds.max(3600).default(900),
  /** How far another machine's clock may be off, seconds (S17). */
  clockSkewSeconds: z.int().nonnegative().max(30).default(30),

  /** The life of the keys that sign access tokens (functions/domain/key-lifecycle.ts). */
  signingKeys: z
    .strictObject({
      /** A key signs for this long, days, then the next one does. */
      rotateDays: days.max(365).default(90),
      /** A key is published for this long before it signs, hours: longer than any cache may be without it, API Gateway's (2 h) and stale-if-error (12 h) included. */
      publishAheadHours: z.int().min(13).default(24),
      /** Between a key's last use and its deletion, days, in which KMS can still bring it back; KMS takes 7 to 30. */
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
  /** A superseded refresh token still answers its successor for this long, seconds: lost responses, racing tabs (S18). */
  refreshGraceSeconds: z.int().nonnegative().max(60).default(10),

  /** What a stolen token must not be enough for asks that the password was given within this long, seconds (S85). */
  reauthenticationSeconds: seconds.min(60).max(3600).default(300),

  /** A device that signed in is known for this long after it did so last, days: its own failures alone slow it (S67). */
  deviceDays: days.max(400).default(90),
};
