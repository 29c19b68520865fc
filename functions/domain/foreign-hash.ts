/**
 * Hashes that other systems made: each is compared at the first login, then replaced by one of ours (password-hash.ts).
 *
 * | form | made by, among others |
 * |---|---|
 * | `$2a$`, `$2b$`, `$2y$` | bcrypt: Auth0, Supabase, Devise, Laravel; not `$2x$`, which marks a faulty bcrypt's hashes |
 * | `$argon2id$`, `$argon2i$`, `$argon2d$`, version 19 | Auth0, Keycloak 24 and later, password-hash of PHP |
 * | `$pbkdf2-sha256$i=27500$SALT$HASH`, `$pbkdf2-sha512$…`, `$pbkdf2$…` (SHA-1) | Keycloak, its two values joined; Auth0 |
 * | `$pbkdf2-sha256$29000$SALT$HASH` and so on | passlib |
 * | `pbkdf2_sha256$600000$SALT$HASH`, `pbkdf2_sha1$…` | Django; the salt is text |
 * | `$scrypt$ln=16,r=8,p=1$SALT$HASH` | PHC, passlib |
 *
 * Base64 comes with or without padding, and with passlib's `.` for `+`. Base64 that no encoder makes is refused: it was
 * cut or mistyped, and no password would ever fit.
 */
import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { bcryptVerify } from 'hash-wasm';
import type { Argon2 } from './argon2.ts';
import { affordable, cost } from './hash-cost.ts';

export interface ForeignHash {
  /** The cost of one comparison: hash-cost.ts. */
  readonly milliseconds: number;
  /** Whether the whole password counts. What follows the part that counts may be anything (S69). */
  looksAtAll(password: string): boolean;
  verify(password: string, argon2: Argon2): Promise<boolean>;
}

/** Every form with a salt of 64 bytes and a hash of 64 is shorter. */
const MOST_CHARACTERS = 512;

/** Marks a hash as imported: an Argon2 hash with today's parameters could otherwise be taken for one of ours. */
const MARK = 'imported:';
export const markImported = (hash: string): string => MARK + hash;

/** @returns null for text in none of the forms */
export function foreignHash(marked: string): ForeignHash | null {
  const hash = marked.startsWith(MARK) ? marked.slice(MARK.length) : marked;
  if (hash.length > MOST_CHARACTERS) return null;
  return argon2Of(hash) ?? bcryptOf(hash) ?? pbkdf2Of(hash) ?? scryptOf(hash);
}

/** Whether the import takes it: a login can compare a password with it in the time that a login has. */
export function isVerifiable(hash: string): boolean {
  if (hash.startsWith(MARK)) return false;
  const foreign = foreignHash(hash);
  return foreign !== null && affordable(foreign.milliseconds) > 0;
}

const inFull = () => true;

const ARGON2 =
  /^\$argon2(?:id|i|d)\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d{0,5}),p=([1-9]\d{0,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{16,86})$/;

/** RFC 9106 §3.1. The lengths of salt and hash are those that both of our implementations take. */
function argon2Of(hash: string): ForeignHash | null {
  const [, m, t, p, salt = '', expected = ''] = ARGON2.exec(hash) ?? [];
  const [memory, passes, lanes] = [m, t, p].map(Number) as [number, number, number];
  if (!(memory >= 8 * lanes) || !decode(salt) || !decode(expected)) return null;
  return {
    milliseconds: cost.argon2(memory, passes),
    looksAtAll: inFull,
    verify: (password, argon2) => argon2.verify(password, hash),
  };
}

/** 16 and 23 bytes in 22 and 31 characters, whose spare bits are zero. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{30}[.CGKOSWaeimquy26]$/;
/** Bytes that bcrypt looks at, with the NUL after a shorter password: what follows 72 bytes is unknown. */
const BCRYPT_BYTES = 72;

function bcryptOf(hash: string): ForeignHash | null {
  const factor = BCRYPT.exec(hash)?.[1];
  if (factor === undefined) return null;
  return {
    milliseconds: cost.bcrypt(Number(factor)),
    looksAtAll: (password) => Buffer.byteLength(password) < BCRYPT_BYTES,
    async verify(password) {
      const bytes = Buffer.from(password).subarray(0, BCRYPT_BYTES);
      // Bcrypt repeats the password and its NUL to fill 72 bytes: `ab` NUL `ab` would fit a hash of `ab`.
      if (bytes.length === 0 || bytes.includes(0)) return false;
      return bcryptVerify({ password: bytes, hash });
    },
  };
}

const PBKDF2 =
  /^\$pbkdf2(?:-(sha256|sha512))?\$(?:i=)?([1-9]\d{2,7})(?:,l=\d{1,3})?\$([A-Za-z0-9+/.]+={0,2})\$([A-Za-z0-9+/.]{26,}={0,2})$/;
const DJANGO = /^pbkdf2_(sha256|sha1)\$([1-9]\d{2,7})\$([^$]+)\$([A-Za-z0-9+/]{26,}={0,2})$/;

function pbkdf2Of(hash: string): ForeignHash | null {
  const [, digest = 'sha1', rounds, salt = '', expected = ''] = PBKDF2.exec(hash) ?? DJANGO.exec(hash) ?? [];
  const saltBytes = hash.startsWith('$') ? decode(salt) : Buffer.from(salt);
  const key = decode(expected);
  if (rounds === undefined || !saltBytes || !key) return null;
  return {
    milliseconds: cost.pbkdf2(digest, Number(rounds), key.length),
    looksAtAll: inFull,
    verify: async (password) =>
      timingSafeEqual(await derivePbkdf2(password, saltBytes, Number(rounds), key.length, digest), key),
  };
}

const SCRYPT =
  /^\$scrypt\$ln=([1-9]\d?),r=([1-9]\d?),p=([1-9]\d?)\$([A-Za-z0-9+/.]+={0,2})\$([A-Za-z0-9+/.]{22,}={0,2})$/;

function scryptOf(hash: string): ForeignHash | null {
  const match = SCRYPT.exec(hash);
  const [ln = 0, r = 0, p = 0] = match?.slice(1, 4).map(Number) ?? [];
  const [salt, key] = [decode(match?.[4] ?? ''), decode(match?.[5] ?? '')];
  // RFC 7914 §2: N is below 2^(128 r / 8), which OpenSSL insists on.
  if (!match || !salt || !key || ln >= 16 * r) return null;
  // 128 r N bytes, p times one after the other.
  const memory = 128 * r * 2 ** ln;
  const options = { N: 2 ** ln, r, p, maxmem: memory + 1024 * 1024 * (p + 1) };
  return {
    milliseconds: cost.scrypt(memory * p),
    looksAtAll: inFull,
    verify: async (password) => timingSafeEqual(await deriveScrypt(password, salt, key.length, options), key),
  };
}

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** @returns null for text that no encoder makes: an impossible length, spare bits that are not zero */
function decode(text: string): Buffer | null {
  const digits = text.replaceAll('.', '+').replace(/=+$/, '');
  const bytes = Buffer.from(digits, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === digits ? bytes : null;
}
