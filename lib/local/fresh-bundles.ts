/** Builds the functions when their sources have changed since the last build. */
import { globSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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
const STAMP = '.built';

/** @returns the folder that holds the bundles */
export async function freshBundles(): Promise<string> {
  if (isStale()) {
    // Moved into place when it is complete: another process may be building at the same time.
    const building = `${bundleRoot}-${process.pid}`;
    try {
      const begun = new Date();
      await bundleFunctions(undefined, building);
      writeFileSync(join(building, STAMP), '');
      // The stamp has the time of the build's start, so that a file edited during the build counts as newer.
      utimesSync(join(building, STAMP), begun, begun);
      rmSync(bundleRoot, { recursive: true, force: true });
      renameSync(building, bundleRoot);
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
  }
  return bundleRoot;
}

function isStale(): boolean {
  const built = modified(join(bundleRoot, STAMP));
  if (built === undefined) return true;
  return SOURCES.flatMap((pattern) => globSync(pattern, { cwd: repoRoot })).some(
    (file) => (modified(join(repoRoot, file)) ?? 0) > built,
  );
}

const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
