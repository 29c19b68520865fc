/**
 * Refresh tokens: `version ‖ session_id ‖ generation ‖ secret ‖ mac`, base64url (design.md, "The refresh chain").
 *
 * The secret of each generation is an HMAC of the one before, so a client that lost the response, or two tabs racing,
 * are given the same successor, and nothing but hashes need be kept. The MAC tells a genuine token from garbage
 * without the database, so garbage can revoke nothing (S20).
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { stringify as formatUuid, parse as parseUuid } from 'uuid';
import type { SessionId } from './ids.ts';

const VERSION = 1;
const SECRET_BYTES = 32;
const SIGNED_BYTES = 1 + 16 + 4 + SECRET_BYTES;
const TOKEN_BYTES = SIGNED_BYTES + 32;

/** The chain key's versions, newest first: new tokens are made with the first, tokens of each are honoured. */
export type ChainKeys = readonly [Buffer, ...Buffer[]];

export interface RefreshToken {
  readonly sessionId: SessionId;
  /** How often the session's token has been rotated. */
  readonly generation: number;
  readonly secret: Buffer;
  /** As the client holds it. */
  readonly encoded: string;
  /** SHA-256 of it, as the row holds it. */
  readonly hash: Buffer;
}

/** The first token of a session, its secret from the system's generator (S23). */
export function firstRefreshToken(sessionId: SessionId, [key]: ChainKeys): RefreshToken {
  return seal(sessionId, 0, randomBytes(SECRET_BYTES), key);
}

/** The tokens that may follow, one for each version of the key; the first is the one to issue. */
export function successors(token: RefreshToken, [newest, ...older]: ChainKeys): [RefreshToken, ...RefreshToken[]] {
  const generation = token.generation + 1;
  const derive = (key: Buffer) => {
    const secret = createHmac('sha256', key)
      .update('refresh-chain')
      .update(head(token.sessionId, generation))
      .update(token.secret)
      .digest();
    return seal(token.sessionId, generation, secret, key);
  };
  return [derive(newest), ...older.map(derive)];
}

/** @returns null for anything that this service did not issue */
export function readRefreshToken(encoded: string, keys: ChainKeys): RefreshToken | null {
  const bytes = Buffer.from(encoded, 'base64url');
  // Decoding is lenient; a token has one spelling, else a changed last character might pass (S20).
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== encoded || bytes[0] !== VERSION) return null;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const mac = bytes.subarray(SIGNED_BYTES);
  if (!keys.some((key) => timingSafeEqual(macOf(signed, key), mac))) return null;
  return {
    sessionId: formatUuid(bytes.subarray(1, 17)) as SessionId,
    generation: bytes.readUInt32BE(17),
    secret: bytes.subarray(21, SIGNED_BYTES),
    encoded,
    hash: sha256(encoded),
  };
}

function seal(sessionId: SessionId, generation: number, secret: Buffer, key: Buffer): RefreshToken {
  const signed = Buffer.concat([head(sessionId, generation), secret]);
  const encoded = Buffer.concat([signed, macOf(signed, key)]).toString('base64url');
  return { sessionId, generation, secret, encoded, hash: sha256(encoded) };
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

const sha256 = (value: string) => createHash('sha256').update(value).digest();
