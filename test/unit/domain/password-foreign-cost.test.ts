/** What a hash of another system may cost (S69). `npm run bench -- hashers` measures what is estimated here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wasmArgon2 } from '../../../functions/domain/argon2.ts';
import { foreignHash, isVerifiable } from '../../../functions/domain/foreign-hash.ts';
import { passwordHasher } from '../../../functions/domain/password-hash.ts';
import { native, password, unpadded } from '../../support/foreign-hashes.ts';
import { defaultSettings } from '../../support/settings.ts';

const { verify } = await passwordHasher(defaultSettings);

describe('S69: an imported hash verifies within 2 s', () => {
  const tail = 'c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ';
  const bits = 'A'.repeat(43);

  /** Both sides of each bound. */
  it.each([
    ['bcrypt', '$2b$13$', '$2b$14$', `${'a'.repeat(21)}e${'a'.repeat(30)}a`],
    ['PBKDF2, SHA-1', '$pbkdf2$3200000$', '$pbkdf2$3300000$', `c2FsdA$${'A'.repeat(27)}`],
    ['PBKDF2, SHA-256', '$pbkdf2-sha256$i=3400000$', '$pbkdf2-sha256$i=3500000$', `c2FsdA$${bits}`],
    ['PBKDF2, two blocks', '$pbkdf2-sha256$i=1700000$', '$pbkdf2-sha256$i=1800000$', `c2FsdA$${'A'.repeat(86)}`],
    ['PBKDF2, SHA-512', '$pbkdf2-sha512$i=1000000$', '$pbkdf2-sha512$i=1100000$', `c2FsdA$${bits}`],
    ['scrypt', '$scrypt$ln=17,r=8,p=1$', '$scrypt$ln=18,r=8,p=1$', `c2FsdA$${bits}`],
    ['scrypt, one after another', '$scrypt$ln=14,r=8,p=10$', '$scrypt$ln=14,r=8,p=11$', `c2FsdA$${bits}`],
    ['Argon2, passes', '$argon2id$v=19$m=65536,t=5,p=4$', '$argon2id$v=19$m=65536,t=6,p=4$', tail],
    ['Argon2, memory', '$argon2id$v=19$m=200000,t=1,p=1$', '$argon2id$v=19$m=210000,t=1,p=1$', tail],
  ])('%s', (_, within, beyond, rest) => {
    expect([isVerifiable(within + rest), isVerifiable(beyond + rest)]).toEqual([true, false]);
  });

  it.each([
    ['no memory', 'm=0,t=2,p=1'],
    ['no pass', 'm=4096,t=0,p=1'],
    ['no lane', 'm=4096,t=2,p=0'],
    ['less memory than its lanes need', 'm=31,t=2,p=4'],
    ['parameters in another order', 't=2,m=4096,p=1'],
    ['a number with a zero before it', 'm=04096,t=2,p=1'],
  ])('and is refused if the verifier would throw: Argon2 with %s', async (_, parameters) => {
    const hash = `$argon2id$v=19$${parameters}$${tail}`;
    expect(isVerifiable(hash)).toBe(false);
    expect(await verify(password, hash)).toBe(false);
  });

  it('whatever its text: both verifiers accept every hash that the import accepts', async () => {
    const digits = (max: number) => fc.oneof(fc.nat({ max }), fc.nat({ max: 40 })).map(String);
    const text = (min: number, max: number) =>
      fc.oneof(
        {
          weight: 9,
          arbitrary: fc.uint8Array({ minLength: min, maxLength: max }).map((bytes) => unpadded(Buffer.from(bytes))),
        },
        { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'ABab01+/.=$'), maxLength: 4 * max }) },
      );
    const hashes = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('argon2id', 'argon2i', 'argon2d', 'argon2'),
          digits(9000),
          digits(60),
          digits(1100),
          text(4, 64),
          text(4, 80),
        )
        .map(([name, m, t, p, s, h]) => `$${name}$v=19$m=${m},t=${t},p=${p}$${s}$${h}`),
      fc
        .tuple(fc.constantFrom('2', '2a', '2b', '2x', '2y'), fc.constantFrom('03', '04', '05', '32', '4'), text(38, 40))
        .map(([version, factor, rest]) => `$${version}$${factor}$${rest}`),
      fc
        .tuple(
          fc.constantFrom('-sha256', '-sha512', '', '-sha1'),
          fc.constantFrom('', 'i='),
          digits(20_000),
          text(0, 20),
          text(10, 90),
        )
        .map(([digest, i, rounds, s, h]) => `$pbkdf2${digest}$${i}${rounds}$${s}$${h}`),
      fc
        .tuple(fc.constantFrom('sha256', 'sha1', 'md5'), digits(20_000), fc.string({ unit: 'binary' }), text(10, 90))
        .map(([digest, rounds, s, h]) => `pbkdf2_${digest}$${rounds}$${s}$${h}`),
      fc
        .tuple(digits(12), digits(99), digits(99), text(0, 20), text(10, 90))
        .map(([ln, r, p, s, h]) => `$scrypt$ln=${ln},r=${r},p=${p}$${s}$${h}`),
    );
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(hashes, fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }), async (hash, given) => {
        if (!isVerifiable(hash)) return;
        const foreign = foreignHash(hash);
        // The bounds above test the expensive ones.
        if (!foreign || foreign.milliseconds > 10) return;
        taken++;
        for (const argon2 of [wasmArgon2, native]) expect(await foreign.verify(given, argon2)).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
