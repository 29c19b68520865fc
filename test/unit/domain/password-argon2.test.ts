/** Both hashers by the same vectors: those of the reference implementation that RFC 9106 was written with. */
import { argon2Sync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeArgon2, wasmArgon2 } from '../../../functions/domain/argon2.ts';
import vectors from '../../vectors/argon2.json' with { type: 'json' };

const hashers = [
  ['wasm', wasmArgon2],
  ['native', await nativeArgon2()],
] as const;

const parametersOf = (phc: string, salt: string) => {
  const [, memory, passes, lanes] = (/m=(\d+),t=(\d+),p=(\d+)/.exec(phc) ?? []).map(Number);
  return { salt: Buffer.from(salt), memory: memory ?? 0, passes: passes ?? 0, lanes: lanes ?? 0 };
};

describe.each(hashers)('S4: Argon2, %s', (_, argon2) => {
  it.each(vectors)('$phc fits its password and no other', async ({ password, phc }) => {
    expect(await argon2.verify(password, phc)).toBe(true);
    expect(await argon2.verify(`${password}.`, phc)).toBe(false);
  });

  it.each(vectors.filter(({ phc }) => phc.startsWith('$argon2id')))('makes $phc', async ({ password, salt, phc }) => {
    expect(await argon2.hash(password, parametersOf(phc, salt))).toBe(phc);
  });
});

/** The RFC's own have a secret and associated data, which Node's takes and no password hasher does. */
it('S4: Node’s own Argon2 makes the vectors of RFC 9106 §5, and both hashers what Node makes', async () => {
  const of = (algorithm: 'argon2d' | 'argon2i' | 'argon2id') =>
    argon2Sync(algorithm, {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      memory: 32,
      passes: 3,
      parallelism: 4,
      tagLength: 32,
    }).toString('hex');
  expect(of('argon2d')).toBe('512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb');
  expect(of('argon2i')).toBe('c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8');
  expect(of('argon2id')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');

  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.integer({ min: 8, max: 64 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      async (password, blocks, passes, lanes) => {
        const parameters = { salt: randomBytes(16), memory: blocks * lanes, passes, lanes };
        const [wasm, native] = await Promise.all(hashers.map(([, argon2]) => argon2.hash(password, parameters)));
        const { salt, memory } = parameters;
        const expected = argon2Sync('argon2id', {
          message: password,
          nonce: salt,
          memory,
          passes,
          parallelism: lanes,
          tagLength: 32,
        });
        expect(wasm).toBe(native);
        expect(wasm?.split('$').at(-1)).toBe(expected.toString('base64').replace(/=+$/, ''));
      },
    ),
    { numRuns: 50 },
  );
});
