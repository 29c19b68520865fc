/**
 * The 6 digits of a verification mail: a truncated MAC over the link's id and the account's. The mail consumer makes
 * it, and the function that redeems it makes it again, with a key for this alone; no store and no bus has it (S28). So
 * few digits can be guessed, so each try is counted before they are compared (S83).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { TokenId, UserId } from './ids.ts';

/** Most tries of one code, right or wrong; then it is closed until a newer mail. */
export const MOST_GUESSES = 100;

const DIGITS = 6;

interface CodeOf {
  readonly tokenId: TokenId;
  readonly userId: UserId;
}

export function verificationCode({ tokenId, userId }: CodeOf, key: Buffer): string {
  const mac = createHmac('sha256', key)
    .update('verification-code')
    .update(parseUuid(tokenId))
    .update(parseUuid(userId))
    .digest();
  return digitsOf(mac);
}

/** From 64 bits, so that no code is more likely than another by more than one in 10^13. */
export const digitsOf = (mac: Buffer): string =>
  String(mac.readBigUInt64BE() % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0');

/** @param code made with each known version of the key */
export const isOneOf = (digits: string, keys: readonly Buffer[], code: (key: Buffer) => string): boolean => {
  const given = Buffer.from(digits);
  return keys.some((key) => {
    const made = Buffer.from(code(key));
    return given.length === made.length && timingSafeEqual(given, made);
  });
};

/** @param keys each known version: the mail may have used the previous one */
export const isVerificationCode = (digits: string, of: CodeOf, keys: readonly Buffer[]): boolean =>
  isOneOf(digits, keys, (key) => verificationCode(of, key));
