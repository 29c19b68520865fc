/** Which passwords are acceptable (S1 to S3; NIST SP 800-63B-4 §3.1.1.2): long enough, and not guessable. */
import { commonPasswords } from './common-passwords.ts';
import { MAX_PASSWORD_LENGTH } from './password-length.ts';
import { fold, repeatedPart, wordIn } from './password-variants.ts';
import { type PasswordFault, Problem } from './problem.ts';
import type { Settings } from './settings.ts';

const SERVICE_NAME = 'huleedu';

/** Whether a password is known to have leaked: stage/breached-passwords.ts. */
export type IsBreached = (password: string) => Promise<boolean>;

/** The form that is hashed: NFC, so that the same text typed on another keyboard is the same password. */
export const normalizePassword = (password: string): string => password.normalize('NFC');

export interface PasswordSettings extends Pick<Settings, 'passwordMinLength'> {
  readonly mail: Pick<Settings['mail'], 'brandName'>;
}

/**
 * Refuses a new password that is too short, too long, common, or made of what everybody can see.
 * @param email as the account has it
 * @throws Problem PASSWORD_REJECTED, its detail fit to be shown
 */
export function checkNewPassword(
  password: string,
  email: string,
  { passwordMinLength, mail: { brandName } }: PasswordSettings,
): void {
  // NFC takes quadratic time over combining marks, so the length is bounded before (S66).
  if (password.length > 4 * MAX_PASSWORD_LENGTH) reject('too_long', `Use at most ${MAX_PASSWORD_LENGTH} characters.`);
  const length = [...normalizePassword(password)].length;
  if (length < passwordMinLength) reject('too_short', `Use at least ${passwordMinLength} characters.`);
  if (length > MAX_PASSWORD_LENGTH) reject('too_long', `Use at most ${MAX_PASSWORD_LENGTH} characters.`);

  const guesses = guessesFor(password);
  const address = fold(email);
  const localPart = address.slice(0, address.lastIndexOf('@'));
  const isGuessed = (...words: string[]) => words.some((word) => guesses.includes(word));
  if (isGuessed(address, localPart)) reject('address', 'The password must not be the address or a part of it.');
  if (isGuessed(SERVICE_NAME, fold(brandName))) reject('service_name', "The password must not be the service's name.");
  if (guesses.some(isCommon)) reject('common', 'This password is among the most common ones.');
}

/** More than six characters around a word are worth having; guessers append up to six themselves. */
const MOST_AROUND = 6;

/** The guesses that would find the password: itself, the part it repeats, the word in it. */
function guessesFor(password: string): string[] {
  const folded = fold(password);
  return [folded, repeatedPart(folded)].flatMap((guess) => {
    const word = wordIn(guess);
    const isDressed = guess.length - word.length <= MOST_AROUND;
    return isDressed ? [guess, word, repeatedPart(word)] : [guess];
  });
}

const isCommon = (guess: string): boolean => !guess.includes('\n') && commonPasswords.includes(`\n${guess}\n`);

/** @throws Problem PASSWORD_REJECTED, always */
export function reject(fault: PasswordFault, detail: string): never {
  throw new Problem('PASSWORD_REJECTED', { fault, detail });
}
