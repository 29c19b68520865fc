/** Builds the functions when their sources have changed since the last build. */
import { globSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions, bundleRoot, repoRoot } from '../build/bundle.ts';

/** Folders are included because their times change when a file in them is deleted. */
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
    // The stamp has the time of the build's start, so that a file edited during the build counts as newer.
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
