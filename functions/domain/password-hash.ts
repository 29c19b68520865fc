/** Passwords as the database has them: Argon2id, as PHC strings (S4; RFC 9106; OWASP Password Storage). */
import { randomBytes } from 'node:crypto';
import { settings } from '../settings.ts';
import { nativeArgon2, wasmArgon2 } from './argon2.ts';
import { foreignVerifier } from './foreign-hash.ts';
import { normalizePassword } from './password-policy.ts';

const argon2 = settings.passwordHasher === 'native' ? await nativeArgon2() : wasmArgon2;
const { memory, passes, lanes } = settings.argon2;
const SALT_BYTES = 16;

/** `$argon2id$v=19$m=…,t=…,p=…`: what every hash of today's parameters begins with. */
const TODAY = `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$`;

export const hashPassword = (password: string): Promise<string> =>
  argon2.hash(normalizePassword(password), { salt: randomBytes(SALT_BYTES), memory, passes, lanes });

/**
 * Compares a password with a hash, or with one that nothing fits where there is no account, or none with a password:
 * the same work, so that the time tells nothing (S8).
 *
 * A hash that another system made takes that system's time besides. Until the first login replaces it, it can be seen
 * that the address has an account that was imported; that none is answered sooner than an unknown one is what can be
 * had here.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const normalized = normalizePassword(password);
  const verifyForeign = hash === null ? null : foreignVerifier(hash);
  const ownHash = hash?.startsWith('$argon2') ? hash : unmatchable;
  const fits = await argon2.verify(normalized, ownHash);
  return verifyForeign ? verifyForeign(normalized) : fits && ownHash !== unmatchable;
}

/** True for a hash made otherwise than today's: hash the password anew while it is at hand. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(TODAY);

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const unmatchable = `${TODAY}${unpadded(randomBytes(SALT_BYTES))}$${unpadded(randomBytes(32))}`;
