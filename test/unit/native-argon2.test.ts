import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** lib/build/native-argon2.ts installs by this entry; without its hash npm would take whatever it is given. */
it('the lock names Lambda’s binary of the native hasher, by hash and of the hasher’s own version', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const binary = packages['node_modules/@node-rs/argon2-linux-arm64-gnu'];
  expect(binary.version).toBe(packages['node_modules/@node-rs/argon2'].version);
  expect(binary.integrity).toMatch(/^sha512-/);
});
