/** Settings of passwords and their hashes. */
import { z } from 'zod';

export const passwordSettings = {
  /** Least length of a password, code points (S1). */
  passwordMinLength: z.int().min(12).max(64).default(12),
  /**
   * A range service of breached passwords, asked at each new password by k-anonymity (S3); what it does not answer
   * within a second is let pass. Off by default: `https://api.pwnedpasswords.com/range` is the public one.
   */
  breachedPasswordRangeUrl: z
    .url({ protocol: /^https?$/ })
    .regex(/[^/]$/, 'without a slash at its end')
    .optional(),
  /** `wasm` runs everywhere from one bundle; `native` is 4 to 5 times as fast and needs its binary beside it. */
  passwordHasher: z.enum(['wasm', 'native']).default('wasm'),
  /** Argon2id parameters; never below OWASP's least (S4). Raise memory first. */
  argon2: z
    .strictObject({
      /** Memory, KiB. */
      memory: z.int().min(19_456).max(1_048_576).default(19_456),
      /** Passes over the memory. */
      passes: z.int().min(2).max(16).default(2),
      /** Lanes. One: a function has one core below 1,769 MiB. */
      lanes: z.int().min(1).max(8).default(1),
    })
    .prefault({}),
};
