/** Settings of passwords and their hashes. */
import { z } from 'zod';

export const passwordSettings = {
  /** Minimum length of a password, code points (S1). */
  passwordMinLength: z.int().min(12).max(64).default(12),
  /**
   * A range service of breached passwords, asked by k-anonymity for each new password (S3). A password passes when the
   * service does not answer within a second. Off by default; the public one is `https://api.pwnedpasswords.com/range`.
   */
  breachedPasswordRangeUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/[^/]$/, 'without a slash at its end')
    .optional(),
  /** `wasm` runs everywhere from one bundle; `native` is 4 to 5 times as fast but needs its binary beside it. */
  passwordHasher: z.enum(['wasm', 'native']).default('wasm'),
  /** Argon2id parameters; never below OWASP's minimum (S4). Raise memory first. */
  argon2: z
    .strictObject({
      /** Memory, KiB. */
      memory: z.int().min(19_456).max(1_048_576).default(19_456),
      /** Passes over the memory. */
      passes: z.int().min(2).max(16).default(2),
      /** Lanes. One by default, because a function has one core up to 1,769 MiB. */
      lanes: z.int().min(1).max(8).default(1),
    })
    .prefault({}),
};
