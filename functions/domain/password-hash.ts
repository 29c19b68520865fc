/** Argon2id, as PHC strings (S4; RFC 9106; OWASP Password Storage). */
import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';
import { settings } from '../settings.ts';
import { normalizePassword } from './password-policy.ts';

const { memory, passes, lanes } = settings.argon2;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** `$argon2id$v=19$m=…,t=…,p=…`: what every hash of today's parameters begins with. */
const TODAY = `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$`;

export function hashPassword(password: string): Promise<string> {
  return argon2id({
    password: normalizePassword(password),
    salt: randomBytes(SALT_BYTES),
    memorySize: memory,
    iterations: passes,
    parallelism: lanes,
    hashLength: HASH_BYTES,
    outputType: 'encoded',
  });
}

/**
 * Compares a password with a hash, or with one that nothing fits where there is no account: the same work, so that
 * the time tells nothing (S8).
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const fits = await argon2Verify({ password: normalizePassword(password), hash: hash ?? unmatchable });
  return fits && hash !== null;
}

/** True for a hash made with other parameters than today's: hash the password anew while it is at hand. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(TODAY);

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const unmatchable = `${TODAY}${unpadded(randomBytes(SALT_BYTES))}$${unpadded(randomBytes(HASH_BYTES))}`;
