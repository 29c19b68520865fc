/** Passwords as the database has them: Argon2id, as PHC strings (S4; RFC 9106; OWASP Password Storage). */
import { randomBytes } from 'node:crypto';
import { type Argon2, nativeArgon2, wasmArgon2 } from './argon2.ts';
import { foreignHash } from './foreign-hash.ts';
import { affordable } from './hash-cost.ts';
import { normalizePassword } from './password-policy.ts';
import type { Settings } from './settings.ts';

export interface PasswordHasher {
  /** @returns a PHC string with today's parameters */
  hash(password: string): Promise<string>;
  /**
   * Compares a password with a hash. Without an account, or without a password on it, the hash is one that nothing
   * fits: the work is the same, so the time reveals nothing (S8).
   *
   * A hash of another system takes that system's time as well, for each form of the password. Until the first login
   * replaces it, the time shows that the address has an imported account. The guarantee here is that no such address is
   * answered sooner than an unknown one.
   */
  verify(password: string, hash: string | null): Promise<boolean>;
  /**
   * Whether to hash the password anew while it is at hand: the hash that it fits does not have today's form. Not if
   * that hash covers only a part of the password: the rest was never compared, and must not become the password (S69).
   */
  shouldRehash(password: string, hash: string): boolean;
}

const SALT_BYTES = 16;

/** The stage's hasher, with its parameters and implementation. Made before the first request: it may load a binary. */
export async function passwordHasher(settings: Pick<Settings, 'passwordHasher' | 'argon2'>): Promise<PasswordHasher> {
  const argon2 = settings.passwordHasher === 'native' ? await nativeArgon2() : wasmArgon2;
  const { memory, passes, lanes } = settings.argon2;
  /** `$argon2id$v=19$m=…,t=…,p=…`: what every hash of today's parameters begins with. */
  const today = `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$`;
  const unmatchable = `${today}${unpadded(randomBytes(SALT_BYTES))}$${unpadded(randomBytes(32))}`;
  return {
    hash: (password) =>
      argon2.hash(normalizePassword(password), { salt: randomBytes(SALT_BYTES), memory, passes, lanes }),
    async verify(password, hash) {
      if (hash?.startsWith(today)) return argon2.verify(normalizePassword(password), hash);
      await argon2.verify(normalizePassword(password), unmatchable);
      return hash !== null && fitsForeign(password, hash, argon2);
    },
    shouldRehash(password, hash) {
      if (hash.startsWith(today)) return false;
      const foreign = foreignHash(hash);
      return foreign !== null && formsOf(password).every((form) => foreign.looksAtAll(form));
    },
  };
}

/**
 * Every form is compared, even after one has fitted, so that their number depends on what was typed and not on the
 * hash: the right password of a locked account would otherwise be answered sooner than a wrong one (S7).
 */
async function fitsForeign(password: string, hash: string, argon2: Argon2): Promise<boolean> {
  const foreign = foreignHash(hash);
  if (!foreign) return false;
  // One of ours with other parameters looks like an unmarked Argon2 hash, and is compared whatever it costs.
  const least = hash.startsWith('$argon2') ? 1 : 0;
  const most = Math.max(least, affordable(foreign.milliseconds));
  let fits = false;
  for (const form of formsOf(password).slice(0, most)) {
    if (await foreign.verify(form, argon2)) fits = true;
  }
  return fits;
}

/** The forms that another system may have hashed, as few normalise. Letters without accents have one form only. */
const formsOf = (password: string): string[] => [
  ...new Set([password, normalizePassword(password), password.normalize('NFD')]),
];

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
