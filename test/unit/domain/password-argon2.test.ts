/** Both hashers with the same vectors: those of the reference implementation of RFC 9106. */
import { argon2Sync, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Argon2, nativeArgon2, wasmArgon2 } from '../../../functions/domain/argon2.ts';
import { keptHasher } from '../../../lib/build/bundle.ts';
import vectors from '../../vectors/argon2.json' with { type: 'json' };

const hashers = [
  ['wasm', wasmArgon2],
  ['wasm as bundled', (await bundled()).wasmArgon2],
  ['native', await nativeArgon2()],
] as const;

/** With the memory that bundles keep between hashes: one hash must not change the next. */
async function bundled(): Promise<{ wasmArgon2: Argon2 }> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../../functions/domain/argon2.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['@node-rs/argon2'],
    plugins: [keptHasher],
  });
  // A new module each time.
  const code = `${outputFiles[0]?.text}//${randomBytes(8).toString('hex')}`;
  return import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
}

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

/** TypeScript's types for it come with the DOM's only. */
interface Wasm {
  instantiate(module: object, imports: object): Promise<object>;
  readonly Module: { exports(module: object): { readonly name: string }[] };
}

it('as bundled makes one instance for many hashes, and another after a hash of much memory', async () => {
  const { wasmArgon2: argon2 } = await bundled();
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };
  const made = vi.spyOn(WebAssembly, 'instantiate');
  const salt = randomBytes(16);
  const hash = (memory: number) => argon2.hash('correct horse', { salt, memory, passes: 1, lanes: 1 });
  const instances = () =>
    made.mock.calls.filter(([module]) =>
      WebAssembly.Module.exports(module).some(({ name }) => name === 'Hash_SetMemorySize'),
    ).length;
  const first = await hash(1_024);
  expect(await Promise.all([hash(1_024), hash(1_024)])).toEqual([first, first]);
  expect(instances()).toBe(1);
  await hash(200_000);
  expect(await hash(1_024)).toBe(first);
  expect(instances()).toBe(2);
  made.mockRestore();
});

/** The RFC's vectors have a secret and associated data, which Node's Argon2 takes and no password hasher does. */
it('S4: Node’s Argon2 makes the vectors of RFC 9106 §5, and both hashers make what Node makes', async () => {
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
        const [native, ...wasm] = await Promise.all(
          hashers.toReversed().map(([, argon2]) => argon2.hash(password, parameters)),
        );
        const { salt, memory } = parameters;
        const expected = argon2Sync('argon2id', {
          message: password,
          nonce: salt,
          memory,
          passes,
          parallelism: lanes,
          tagLength: 32,
        });
        expect(wasm).toEqual([native, native]);
        expect(native?.split('$').at(-1)).toBe(expected.toString('base64').replace(/=+$/, ''));
      },
    ),
    { numRuns: 50 },
  );
});
