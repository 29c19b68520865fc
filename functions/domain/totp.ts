/**
 * Codes of an authenticator app: TOTP (RFC 6238) with SHA-1, six digits, steps of 30 s, which is what every app can do.
 * A code of the step before or after is taken too, since clocks differ; each step once (§5.2).
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const DIGITS = 6;
const STEP_SECONDS = 30;
/** Steps before and after that of now. */
const WINDOW = 1;
/** As RFC 4226 §4 R6 recommends. */
const SECRET_BYTES = 20;

export const newTotpSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** How an app is told of it, as a link or a QR code. */
export interface TotpEnrolment {
  /** `otpauth://totp/…` (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). */
  readonly uri: string;
  /** Base32, for people who type. */
  readonly secret: string;
}

/**
 * @param issuer the name of the service, as people know it
 * @param account the address
 */
export function totpEnrolment(secret: Buffer, issuer: string, account: string): TotpEnrolment {
  const totp = totpOf(secret, { issuer, label: account });
  return { uri: totp.toString(), secret: totp.secret.base32 };
}

/**
 * @param lastStep that of the code that was taken last; null before the first
 * @returns the step whose code it is; null for a code that is wrong, too old, or was taken
 */
export function stepOf(code: string, secret: Buffer, lastStep: number | null, now: Date): number | null {
  const totp = totpOf(secret);
  const current = totp.counter({ timestamp: now.getTime() });
  const given = Buffer.from(code);
  let found: number | null = null;
  for (let step = current - WINDOW; step <= current + WINDOW; step++) {
    const right = Buffer.from(totp.generate({ timestamp: step * STEP_SECONDS * 1_000 }));
    const fits = given.length === right.length && timingSafeEqual(given, right);
    if (fits && step > (lastStep ?? Number.NEGATIVE_INFINITY)) found = step;
  }
  return found;
}

function totpOf(secret: Buffer, names: { readonly issuer?: string; readonly label?: string } = {}): TOTP {
  const buffer = Uint8Array.from(secret).buffer;
  return new TOTP({
    ...names,
    secret: new Secret({ buffer }),
    digits: DIGITS,
    period: STEP_SECONDS,
    algorithm: 'SHA1',
  });
}
