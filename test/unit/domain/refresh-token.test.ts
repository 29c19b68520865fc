import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type SessionId } from '../../../functions/domain/ids.ts';
import type { Keys } from '../../../functions/domain/key-versions.ts';
import {
  firstRefreshToken,
  type RefreshToken,
  readRefreshToken,
  seedsOf,
  successor,
} from '../../../functions/domain/refresh-token.ts';

const key = randomBytes(32);
const otherKey = randomBytes(32);
const nonce = randomBytes(32);
const successors = (token: RefreshToken, keys: Keys, salt = nonce) =>
  seedsOf(token, keys).map((seed) => successor(token, seed, salt)) as [RefreshToken, ...RefreshToken[]];
const issue = () => firstRefreshToken(newId<SessionId>(), [key]);

describe('a refresh token', () => {
  it('reads back as what was issued', () => {
    const token = issue();
    expect(readRefreshToken(token.encoded, [key])).toEqual(token);
  });

  it('has one successor, however often it is computed', () => {
    const token = issue();
    const [once] = successors(token, [key]);
    const [again] = successors(token, [key]);
    expect(again).toEqual(once);
    expect(once.generation).toBe(1);
    expect(once.sessionId).toBe(token.sessionId);
    expect(once.secret.equals(token.secret)).toBe(false);
  });

  it('S70: has no successor from the key and the token alone: it needs the session’s row, too', () => {
    const token = issue();
    const [once] = successors(token, [key]);
    const [other] = successors(token, [key], randomBytes(32));
    expect(other.secret.equals(once.secret)).toBe(false);
    for (const { bytes } of seedsOf(token, [key])) expect(bytes.equals(once.secret)).toBe(false);
  });

  it('has a successor for each version of the key, the newest first', () => {
    const token = issue();
    const [newest, older] = successors(token, [otherKey, key]);
    expect(newest).toEqual(successors(token, [otherKey])[0]);
    expect(older).toEqual(successors(token, [key])[0]);
    expect(newest.encoded).not.toBe(older?.encoded);
  });

  it('is accepted while the version that made it is known, and no longer', () => {
    const { encoded } = issue();
    expect(readRefreshToken(encoded, [otherKey, key])).not.toBeNull();
    expect(readRefreshToken(encoded, [otherKey])).toBeNull();
  });

  it('S20: is refused with any byte changed', () => {
    const { encoded } = issue();
    const bytes = Buffer.from(encoded, 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(readRefreshToken(changed.toString('base64url'), [key]), `byte ${index}`).toBeNull();
    }
  });

  it('S20: has one spelling, and any other string is refused', () => {
    const { encoded } = issue();
    for (const other of [
      `${encoded}=`,
      `${encoded} `,
      encoded.slice(0, -1),
      `${encoded}A`,
      encoded.toLowerCase(),
      '',
    ]) {
      expect(readRefreshToken(other, [key])).toBeNull();
    }
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (garbage) => readRefreshToken(garbage, [key]) === null));
  });

  it('S23: carries 256 bits of randomness', () => {
    const secrets = new Set(Array.from({ length: 1000 }, () => issue().secret.toString('hex')));
    expect(secrets.size).toBe(1000);
    expect(issue().secret).toHaveLength(32);
  });
});
