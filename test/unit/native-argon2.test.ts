import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** lib/build/native-argon2.ts installs by this entry; without the hash npm would accept any package. */
it('the lock names Lambda’s binary of the native hasher, with its hash and the hasher’s own version', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const binary = packages['node_modules/@node-rs/argon2-linux-arm64-gnu'];
  expect(binary.version).toBe(packages['node_modules/@node-rs/argon2'].version);
  expect(binary.integrity).toMatch(/^sha512-/);
});
