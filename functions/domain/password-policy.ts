/** What makes a password acceptable (S1 to S3; NIST SP 800-63B-4 §3.1.1.2): length, and not being guessable. */
import { settings } from '../settings.ts';
import { Problem } from './problem.ts';

const MAX_LENGTH = 256;
const SERVICE_NAME = 'huleedu';

/** The form that is hashed: NFC, so that the same keys on another keyboard give the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFC');

/**
 * Refuses a new password that is too short, too long, or made of what everybody can see.
 * @param email as the account has it
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export function checkNewPassword(password: string, email: string): void {
  const length = [...normalizePassword(password)].length;
  if (length < settings.passwordMinLength) reject(`Use at least ${settings.passwordMinLength} characters.`);
  if (length > MAX_LENGTH) reject(`Use at most ${MAX_LENGTH} characters.`);

  const folded = fold(password);
  const address = fold(email);
  const localPart = address.slice(0, address.lastIndexOf('@'));
  if (folded === address || folded === localPart) reject('The password must not be the address or a part of it.');
  if (folded === SERVICE_NAME) reject("The password must not be the service's name.");
}

const fold = (value: string) => normalizePassword(value).toLowerCase();

function reject(detail: string): never {
  throw new Problem('PASSWORD_REJECTED', { detail });
}
