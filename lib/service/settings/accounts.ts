/** Settings of registering, and of proving whose address it is. */
import { z } from 'zod';
import { days } from './units.ts';

export const accountSettings = {
  /**
   * No login before the address is verified: answered as a wrong password is, so that registering and logging in tells
   * nobody who has an account (S60); its owner is mailed what to do. On in production (cdk.json).
   */
  requireVerifiedEmail: z.boolean().default(false),
  /**
   * Who may prove an address with the link or the code that was mailed to it: `anyone` who has it, or only the
   * `registrant`, who has the session or the password too. With `anyone`, an owner who answers "That was me" to a
   * registration that was not theirs leaves the account to whoever knows its password.
   */
  verification: z.enum(['anyone', 'registrant']).default('anyone'),
  /** An account whose address nobody proved is deleted after this long without a session in use, days (S56). */
  unprovedAccountDays: days.default(30),
  /** A verification link works for this long, hours. */
  verificationLinkHours: z.int().positive().max(168).default(24),
  /** A reset link works for this long, minutes. Short: who reads the mailbox meanwhile has the account. */
  resetLinkMinutes: z.int().positive().max(1440).default(60),

  /**
   * Takes addresses whose local part is not ASCII, though SES cannot send to them: for a stage whose accounts are made and
   * proved by other means. Refused by default, as their owners would wait for a mail that never comes (S59).
   */
  acceptUnsendable: z.boolean().default(false),
  /** 409 for a known address at registration, instead of the same answer as for a new one. Friendlier, and tells who has an account. */
  revealExistingAccounts: z.boolean().default(false),
};
