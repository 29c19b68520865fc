import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type TokenId, type UserId } from '../../../functions/domain/ids.ts';
import { readOneTimeToken, sealOneTimeToken } from '../../../functions/domain/one-time-token.ts';

const key = randomBytes(32);
const token = {
  purpose: 'verify_email',
  tokenId: newId<TokenId>(),
  userId: newId<UserId>(),
  expiresAt: new Date('2026-06-01T12:30:00.123Z'),
} as const;

describe('a one-time token', () => {
  it('holds whose it is and until when, to the millisecond', () => {
    expect(readOneTimeToken(sealOneTimeToken(token, key), 'verify_email', [key])).toEqual(token);
  });

  it('fits into one line of a mail', () => {
    expect(sealOneTimeToken(token, key).length).toBeLessThan(100);
  });

  it('is read with every known version of the key', () => {
    expect(readOneTimeToken(sealOneTimeToken(token, key), 'verify_email', [randomBytes(32), key])).toEqual(token);
    expect(readOneTimeToken(sealOneTimeToken(token, key), 'verify_email', [randomBytes(32)])).toBeNull();
  });

  it('S14: works only for its own purpose', () => {
    expect(readOneTimeToken(sealOneTimeToken(token, key), 'reset_password', [key])).toBeNull();
  });

  it('S20: is refused with any one character changed, added or removed', () => {
    const encoded = sealOneTimeToken(token, key);
    fc.assert(
      fc.property(fc.nat(encoded.length - 1), fc.constantFrom(...'AZaz09-_=.'), (at, character) => {
        fc.pre(encoded[at] !== character);
        const changed = encoded.slice(0, at) + character + encoded.slice(at + 1);
        const longer = encoded.slice(0, at) + character + encoded.slice(at);
        const shorter = encoded.slice(0, at) + encoded.slice(at + 1);
        for (const forged of [changed, longer, shorter]) {
          expect(readOneTimeToken(forged, 'verify_email', [key])).toBeNull();
        }
      }),
    );
  });

  it('S20: cannot be written without the key', () => {
    const bytes = fc.uint8Array({ minLength: 71, maxLength: 71 });
    const wellFormed = bytes.map((value) => Buffer.from([1, ...value.subarray(1)]).toString('base64url'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), wellFormed), (text) => {
        expect(readOneTimeToken(text, 'verify_email', [key])).toBeNull();
      }),
    );
  });
});
