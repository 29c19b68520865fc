/** Builds the functions when what they are built from has changed since. */
import { globSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions, bundleRoot, repoRoot } from '../build/bundle.ts';

/** Folders too: their times change when a file in them goes. */
const SOURCES = [
  'functions',
  'functions/**',
  'lib/{build,openapi,service}/**',
  'migrations',
  'migrations/*',
  'package.json',
  'package-lock.json',
];
const STAMP = join(bundleRoot, '.built');

/** @returns the folder that holds the bundles */
export async function freshBundles(): Promise<string> {
  if (isStale()) {
    const begun = new Date();
    await bundleFunctions();
    writeFileSync(STAMP, '');
    // What was edited while it was built is newer than that.
    utimesSync(STAMP, begun, begun);
  }
  return bundleRoot;
}

function isStale(): boolean {
  const built = modified(STAMP);
  if (built === undefined) return true;
  return SOURCES.flatMap((pattern) => globSync(pattern, { cwd: repoRoot })).some(
    (file) => (modified(join(repoRoot, file)) ?? 0) > built,
  );
}

const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
