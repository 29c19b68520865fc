/** Requests and answers about factors. */
import * as z from 'zod/mini';
import { id, optional, password, peopleText, time, token } from './fields.ts';
import { AssertionCredential } from './passkeys.ts';

const own = ['passkey', 'totp', 'recovery'] as const;
/** `email`: a mailed code, where the stage takes it for one. */
export const secondFactor = z.enum([...own, 'email']);

/** As people type it: six digits of an app, or a recovery code, with what they put between the groups. */
export const factorCode = z
  .string()
  .check(z.trim(), z.minLength(1, { error: 'must not be empty' }), z.maxLength(50, { error: 'at most 50 characters' }));

/** Goes on with a sign-in that SECOND_FACTOR_REQUIRED answered. */
export const SecondFactorRequest = z.object({
  mfa_token: token,
  method: secondFactor,
  /** Of an authenticator app, a recovery code, or a mailed code. */
  code: optional(factorCode),
  /** Of a passkey, by the `passkey_options` of the same answer. */
  assertion: optional(AssertionCredential),
});

/** Has a code mailed, where `email` is among the `methods` of the same answer. */
export const MailSecondCodeRequest = z.object({ mfa_token: token });
export const MailSecondCodeResponse = z.object({ expires_at: time });

/** One of them. */
export const ReauthenticateRequest = z
  .object({
    password: optional(password),
    /** Of an authenticator app, or a recovery code. */
    code: optional(factorCode),
    /** Of a passkey, by the options of POST /v1/auth/passkeys/reauthenticate-options. */
    assertion: optional(AssertionCredential),
  })
  .check(
    z.refine((given) => Object.values(given).filter((one) => one !== undefined).length === 1, {
      error: 'is required, or code, or assertion; one of them',
      path: ['password'],
    }),
  );

/** The link that was mailed when an administrator took the factors, and the password. */
export const RestoreFactorsRequest = z.object({ token, password, device_name: optional(peopleText(100)) });

export const TotpResponse = z.object({
  /** Base32, for people who type. */
  secret: z.string(),
  /** `otpauth://totp/…`, which a link on a telephone opens the app by. */
  otpauth_uri: z.string(),
  /** The same as a QR code, SVG. */
  qr_svg: z.string(),
});
export const ConfirmTotpRequest = z.object({ code: factorCode });
/** 0: there are none yet, or none any more; offer new ones. */
export const ConfirmTotpResponse = z.object({ recovery_codes_left: z.int() });

/** Shown once. */
export const RecoveryCodesResponse = z.object({ codes: z.array(z.string()) });

export const FactorsResponse = z.object({
  factors: z.array(
    z.object({
      factor_id: id,
      kind: z.enum(own),
      name: z.nullable(z.string()),
      created_at: time,
      last_used_at: z.nullable(time),
      /** Of a passkey: it is on several devices of its owner. */
      synced: z.nullable(z.boolean()),
      /** Of recovery codes. */
      codes_left: z.nullable(z.int()),
      /** After too many wrong codes: the mailed link opens it. */
      closed: z.boolean(),
    }),
  ),
});
