/**
 * Refresh tokens: `version ‖ session_id ‖ generation ‖ secret ‖ mac`, base64url (functions/README.md,
 * "The refresh chain").
 *
 * The secret of each generation follows from the one before, the chain key and the session's row. So a client that lost
 * the response, or two tabs that race, get the same successor, and only hashes have to be kept. The MAC separates a
 * genuine token from garbage without the database, so garbage can revoke nothing (S20).
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { stringify as formatUuid, parse as parseUuid } from 'uuid';
import type { SessionId } from './ids.ts';
import type { HmacKeys, Keys } from './key-versions.ts';

const VERSION = 2;
/** Tokens whose hash covers the whole token; no new ones are made. */
const FIRST_VERSION = 1;
const SECRET_BYTES = 32;
const SIGNED_BYTES = 1 + 16 + 4 + SECRET_BYTES;
const TOKEN_BYTES = SIGNED_BYTES + 32;

export interface RefreshToken {
  readonly sessionId: SessionId;
  /** How often the session's token has been rotated. */
  readonly generation: number;
  readonly secret: Buffer;
  /** As the client holds it. */
  readonly encoded: string;
  /** SHA-256 of the secret, as the row holds it. */
  readonly hash: Buffer;
}

/** The part of the successor that a token and a version of the chain key give; the session's nonce completes it. */
export interface Seed {
  readonly key: Buffer;
  readonly bytes: Buffer;
}

/** The first token of a session, its secret from the system's generator (S23). */
export const firstRefreshToken = (sessionId: SessionId, [key]: Keys): RefreshToken =>
  seal(sessionId, 0, newSecret(), key);

/** A token that follows from no other, for a chain that begins anew. */
export const freshRefreshToken = (sessionId: SessionId, generation: number, secret: Buffer, [key]: Keys) =>
  seal(sessionId, generation, secret, key);

export const newSecret = () => randomBytes(SECRET_BYTES);

/** One seed for each version of the key; new tokens are issued from the first. */
export function seedsOf(token: RefreshToken, [newest, ...older]: Keys): [Seed, ...Seed[]] {
  const seed = (key: Buffer): Seed => ({
    key,
    bytes: createHmac('sha256', key)
      .update('refresh-chain')
      .update(head(token.sessionId, token.generation + 1))
      .update(token.secret)
      .digest(),
  });
  return [seed(newest), ...older.map(seed)];
}

/** @param nonce the session's; the statement that rotates mixes it in the same way (store/refresh.ts) */
export const successor = ({ sessionId, generation }: RefreshToken, { key, bytes }: Seed, nonce: Uint8Array) =>
  seal(sessionId, generation + 1, sha256(Buffer.concat([bytes, nonce])), key);

/** @returns null for anything that this service did not issue */
export function readRefreshToken(encoded: string, keys: Keys): RefreshToken | null {
  const bytes = Buffer.from(encoded, 'base64url');
  // Decoding is lenient; a token has one spelling, or a changed last character might pass (S20).
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== encoded) return null;
  const [version] = bytes;
  if (version !== VERSION && version !== FIRST_VERSION) return null;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const mac = bytes.subarray(SIGNED_BYTES);
  if (!keys.some((key) => timingSafeEqual(macOf(signed, key), mac))) return null;
  const secret = bytes.subarray(21, SIGNED_BYTES);
  return {
    sessionId: formatUuid(bytes.subarray(1, 17)) as SessionId,
    generation: bytes.readUInt32BE(17),
    secret,
    encoded,
    hash: sha256(version === FIRST_VERSION ? encoded : secret),
  };
}

function seal(sessionId: SessionId, generation: number, secret: Buffer, key: Buffer): RefreshToken {
  const signed = Buffer.concat([head(sessionId, generation), secret]);
  const encoded = Buffer.concat([signed, macOf(signed, key)]).toString('base64url');
  return { sessionId, generation, secret, encoded, hash: sha256(secret) };
}

function head(sessionId: SessionId, generation: number): Buffer {
  const bytes = Buffer.alloc(21);
  bytes[0] = VERSION;
  bytes.set(parseUuid(sessionId), 1);
  bytes.writeUInt32BE(generation, 17);
  return bytes;
}

const macOf = (signed: Buffer, key: Buffer) =>
  createHmac('sha256', key).update('refresh-token').update(signed).digest();

export const sha256 = (value: string | Uint8Array) => createHash('sha256').update(value).digest();

/** Refresh tokens, made with the chain key and read with each of its versions. */
export interface RefreshTokens {
  readonly keys: HmacKeys['keys'];
  /** @returns null for a token that this service did not issue */
  read(encoded: string): Promise<RefreshToken | null>;
}

export const refreshTokens = (chainKey: HmacKeys): RefreshTokens => ({
  keys: chainKey.keys,
  async read(encoded) {
    const token = readRefreshToken(encoded, await chainKey.keys());
    if (token) return token;
    // Perhaps another function made it with a version of the key that is newer than ours.
    const newer = await chainKey.refetched();
    return newer && readRefreshToken(encoded, newer);
  },
});
