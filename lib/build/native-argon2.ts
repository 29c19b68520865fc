/**
 * `passwordHasher: native` on AWS: puts @node-rs/argon2 and its binary for Lambda beside the bundles that hash. npm
 * only installs the binary for the machine it runs on, so Lambda's is fetched here, in the version that
 * package-lock.json names.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory } from '../command/make-directory.ts';
import type { Bundle } from './bundle.ts';

/** The file that loads the package. */
const USED_BY = 'functions/domain/argon2.ts';
const PACKAGE = '@node-rs/argon2';
/** ARM, and Amazon Linux's glibc: lib/aws/functions.ts. */
const BINARY = '@node-rs/argon2-linux-arm64-gnu';

/**
 * Puts package and binary beside each bundle that hashes.
 * @throws Error when npm cannot get the binary from its cache or the registry, or when its hash differs from the lock's
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

/** Runs `npm ci` on a lock file with this one entry: npm compares what it gets with the entry's hash. */
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
