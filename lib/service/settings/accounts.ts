/** Settings of registration and of proving that an address is the person's own. */
import { z } from 'zod';
import { days } from './units.ts';

export const accountSettings = {
  /**
   * No login before the address is verified. The answer is that of a wrong password, so that registration and login do
   * not reveal who has an account (S60); a mail says to the owner what to do. On in production (cdk.json).
   */
  requireVerifiedEmail: z.boolean().default(false),
  /**
   * Who may prove an address with the link or the code that was mailed to it: `anyone` who has it, or only the
   * `registrant`, who also has the session or the password. With `anyone`, an owner who answers "That was me" to a
   * registration by somebody else leaves the account to the person who knows its password.
   */
  verification: z.enum(['anyone', 'registrant']).default('anyone'),
  /**
   * Signing in with a mailed code: `on` beside the password, `only` instead of it. The mailbox is one factor, so
   * whoever has a second one is asked for it all the same.
   */
  emailLogin: z.enum(['off', 'on', 'only']).default('off'),
  /** An account with an unproved address is deleted after this long without a session in use, days (S56). */
  unprovedAccountDays: days.default(30),
  /** A verification link works for this long, hours. */
  verificationLinkHours: z.int().positive().max(168).default(24),
  /** A reset link works for this long, minutes. Short, because a person who reads the mailbox can take the account. */
  resetLinkMinutes: z.int().positive().max(1440).default(60),

  /**
   * Accepts addresses whose local part is not ASCII, although SES cannot send to them: for a stage that makes and
   * proves accounts by other means. Refused by default, because their owners would wait for a mail that never comes
   * (S59).
   */
  acceptUnsendable: z.boolean().default(false),
  /** Registration of a known address answers 409, not as for a new one: friendlier, but reveals who has an account. */
  revealExistingAccounts: z.boolean().default(false),
};
