/**
 * Recovery codes: ten, each of 80 random bits and used once, for who has lost every other second factor. Shown once, and
 * kept as a MAC over the account and the code, under a key for this alone: a database dump opens nothing (S84).
 */
import { createHmac, randomBytes } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { UserId } from './ids.ts';

const CODES = 10;
const BYTES = 10;
const GROUP = 4;
/** Crockford's base32, without I, L, O and U: https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** As people read and print them: `ABCD-EFGH-JKMN-PQRS`. */
export const newRecoveryCodes = (): string[] => Array.from({ length: CODES }, () => written(randomBytes(BYTES)));

/**
 * @param typed in any case, with whatever between the groups; O for 0, and I or L for 1
 * @returns null for what is no code
 */
export function recoveryCodeHash(typed: string, userId: UserId, key: Buffer): Buffer | null {
  const code = normalized(typed);
  if (code.length !== (BYTES * 8) / 5 || [...code].some((letter) => !ALPHABET.includes(letter))) return null;
  return createHmac('sha256', key).update('recovery-code').update(parseUuid(userId)).update(code).digest();
}

const normalized = (typed: string) =>
  typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

function written(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`);
  let letters = '';
  for (let n = 0; n < (BYTES * 8) / 5; n++) {
    letters = ALPHABET[Number(bits & 31n)] + letters;
    bits >>= 5n;
  }
  return letters.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? letters;
}
