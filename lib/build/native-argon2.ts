/**
 * `passwordHasher: native` on AWS: @node-rs/argon2 with its binary for Lambda's machines beside the bundles that hash.
 * npm installs the binary of the machine it runs on, so Lambda's is fetched here, as package-lock.json has it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../command/make-directory.ts';
import type { Bundle } from './bundle.ts';

/** What loads it. */
const USED_BY = 'functions/domain/argon2.ts';
const PACKAGE = '@node-rs/argon2';
/** ARM, and Amazon Linux's glibc: lib/aws/functions.ts. */
const BINARY = '@node-rs/argon2-linux-arm64-gnu';

/**
 * Puts package and binary beside each bundle that hashes.
 * @throws Error when npm can have it neither from its cache nor from the registry, or it is not what the lock names
 */
export function addNativeArgon2(repoRoot: string, bundles: readonly Bundle[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'native-argon2-'));
  try {
    install(repoRoot, folder);
    for (const { directory } of bundles.filter(({ inputs }) => inputs.includes(USED_BY))) {
      for (const [from, name] of [
        [repoRoot, PACKAGE],
        [folder, BINARY],
      ] as const) {
        const target = join(directory, 'node_modules', name);
        makeDirectory(target);
        cpSync(join(from, 'node_modules', name), target, { recursive: true });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `npm ci` of a lock with this one entry: npm compares what it gets with the entry's hash. */
function install(repoRoot: string, folder: string): void {
  const path = `node_modules/${BINARY}`;
  const lock = JSON.parse(readFileSync(join(repoRoot, 'package-lock.json'), 'utf8'));
  const entry = lock.packages[path];
  const manifest = { name: 'native-argon2', version: '0.0.0', optionalDependencies: { [BINARY]: entry.version } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...manifest, lockfileVersion: 3, packages: { '': manifest, [path]: entry } }),
  );
  const platform = ['--os=linux', '--cpu=arm64', '--libc=glibc'];
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', ...platform], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
