/**
 * Hashes that other systems made: compared at the first login, then replaced by one of ours (routes/auth/login.ts).
 *
 * | form | made by, among others |
 * |---|---|
 * | `$2a$`, `$2b$`, `$2y$` | bcrypt: Auth0, Supabase, Devise, Laravel |
 * | `$argon2id$`, `$argon2i$`, `$argon2d$`, version 19 | Auth0, Keycloak 24 and later, password-hash of PHP; not foreign, as old parameters are not |
 * | `$pbkdf2-sha256$i=27500$SALT$HASH`, `$pbkdf2-sha512$…`, `$pbkdf2$…` (SHA-1) | Keycloak, its two values put together; Auth0 |
 * | `$pbkdf2-sha256$29000$SALT$HASH` and so on | passlib |
 * | `pbkdf2_sha256$600000$SALT$HASH`, `pbkdf2_sha1$…` | Django; the salt is text |
 * | `$scrypt$ln=16,r=8,p=1$SALT$HASH` | PHC, passlib |
 *
 * Base64 with or without padding, and with passlib's `.` for `+`.
 */
import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { bcryptVerify } from 'hash-wasm';

type Verifier = (password: string) => Promise<boolean>;

/** @returns null for what is none of the forms, or would take a login longer than some seconds */
export function foreignVerifier(hash: string): Verifier | null {
  return bcryptOf(hash) ?? pbkdf2Of(hash) ?? scryptOf(hash);
}

/** What a login can compare a password with: ours, any Argon2 of its size, or a foreign one. */
export const isVerifiable = (hash: string): boolean => isArgon2(hash) || foreignVerifier(hash) !== null;

/** MiB; a hashing function has 1,769. */
const MOST_MEMORY = 512;

function isArgon2(hash: string): boolean {
  const [, memory, passes] =
    /^\$argon2(?:id|i|d)\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=\d{1,2}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/.exec(
      hash,
    ) ?? [];
  return memory !== undefined && Number(memory) <= MOST_MEMORY * 1024 && Number(passes) <= 32;
}

/** Costs up to 15, some 3 s. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/;
/** What every bcrypt looks at; hash-wasm refuses more. */
const BCRYPT_BYTES = 72;

function bcryptOf(hash: string): Verifier | null {
  if (!BCRYPT.test(hash)) return null;
  return (password) => bcryptVerify({ password: Buffer.from(password).subarray(0, BCRYPT_BYTES), hash });
}

const PBKDF2 =
  /^\$pbkdf2(?:-(sha256|sha512))?\$(?:i=)?([1-9]\d{2,6})(?:,l=\d+)?\$([A-Za-z0-9+/.]+={0,2})\$([A-Za-z0-9+/.]{26,}={0,2})$/;
const DJANGO = /^pbkdf2_(sha256|sha1)\$([1-9]\d{2,6})\$([^$]+)\$([A-Za-z0-9+/]{26,}={0,2})$/;

function pbkdf2Of(hash: string): Verifier | null {
  const match = PBKDF2.exec(hash) ?? DJANGO.exec(hash);
  if (!match) return null;
  const [, digest = 'sha1', iterations, salt = '', expected = ''] = match;
  const saltBytes = hash.startsWith('$') ? decode(salt) : Buffer.from(salt);
  const key = decode(expected);
  return async (password) =>
    timingSafeEqual(await derivePbkdf2(password, saltBytes, Number(iterations), key.length, digest), key);
}

const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/.]+={0,2})\$([A-Za-z0-9+/.]{22,}={0,2})$/;

function scryptOf(hash: string): Verifier | null {
  const match = SCRYPT.exec(hash);
  if (!match) return null;
  const [ln = 0, r = 0, p = 0] = match.slice(1, 4).map(Number);
  const [salt, key] = [decode(match[4] ?? ''), decode(match[5] ?? '')];
  // RFC 7914 §2: 128 r N bytes, and p of them one after the other.
  const memory = 128 * r * 2 ** ln;
  if (ln < 1 || r < 1 || p < 1 || memory * p > MOST_MEMORY * 1024 * 1024) return null;
  const options = { N: 2 ** ln, r, p, maxmem: memory + 1024 * 1024 * (p + 1) };
  return async (password) => timingSafeEqual(await deriveScrypt(password, salt, key.length, options), key);
}

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);

const decode = (text: string) => Buffer.from(text.replaceAll('.', '+'), 'base64');
