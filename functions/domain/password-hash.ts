/** Passwords as the database has them: Argon2id, as PHC strings (S4; RFC 9106; OWASP Password Storage). */
import { randomBytes } from 'node:crypto';
import { settings } from '../runtime/settings.ts';
import { nativeArgon2, wasmArgon2 } from './argon2.ts';
import { foreignHash } from './foreign-hash.ts';
import { affordable } from './hash-cost.ts';
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
 * A hash that another system made takes that system's time besides, and that for each form of the password. Until the
 * first login replaces it, it can be seen that the address has an account that was imported; that none is answered
 * sooner than an unknown one is what can be had here.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  if (hash?.startsWith(TODAY)) return argon2.verify(normalizePassword(password), hash);
  await argon2.verify(normalizePassword(password), unmatchable);
  return hash !== null && fitsForeign(password, hash);
}

/**
 * Every form is compared also after one has fitted, so that their number tells what was typed and nothing of the hash:
 * the right password of a locked account would else be answered sooner than a wrong one (S7).
 */
async function fitsForeign(password: string, hash: string): Promise<boolean> {
  const foreign = foreignHash(hash);
  if (!foreign) return false;
  // One of ours of other parameters looks like an unmarked Argon2 hash, and is compared whatever it costs.
  const least = hash.startsWith('$argon2') ? 1 : 0;
  const most = Math.max(least, affordable(foreign.milliseconds));
  let fits = false;
  for (const form of formsOf(password).slice(0, most)) {
    if (await foreign.verify(form, argon2)) fits = true;
  }
  return fits;
}

/** What another system may have hashed: few normalise. The same for letters without accents. */
const formsOf = (password: string): string[] => [
  ...new Set([password, normalizePassword(password), password.normalize('NFD')]),
];

/**
 * Whether to hash the password anew while it is at hand: the hash that it fits was made otherwise than today's. Not
 * where that looked at a part of the password only: what followed was never compared, and must not become the password
 * (S69).
 */
export function shouldRehash(password: string, hash: string): boolean {
  if (hash.startsWith(TODAY)) return false;
  const foreign = foreignHash(hash);
  return foreign !== null && formsOf(password).every((form) => foreign.looksAtAll(form));
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const unmatchable = `${TODAY}${unpadded(randomBytes(SALT_BYTES))}$${unpadded(randomBytes(32))}`;
