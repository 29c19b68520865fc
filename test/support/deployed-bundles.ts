/** The functions as they are deployed, each whole in its folder: ten times as long to build as what tests share. */
import { existsSync, linkSync, readdirSync, renameSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { inject } from 'vitest';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { until } from './await-condition.ts';

let made: Promise<string> | undefined;

/**
 * Built by the first test of the run that asks, in one worker; a run of tests that share environments builds none.
 * @returns the folder that holds a folder for each function
 */
export function deployedBundles(): Promise<string> {
  made ??= make(inject('deployedBundles'));
  return made;
}

async function make(directory: string): Promise<string> {
  const isFirst = await mkdir(`${directory}-begun`).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const linking = `${directory}-linking`;
    linkFiles(await freshBundles(), linking);
    renameSync(linking, directory);
  } else {
    // As long as the other worker may take beside work of others.
    await until('the bundles as they are deployed', () => existsSync(directory), { within: 300_000 });
  }
  return directory;
}

/** What `npm start` would run is built anew under this run when a source changes. */
function linkFiles(from: string, into: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const target = join(into, relative(from, file));
    makeDirectory(dirname(target));
    linkSync(file, target);
  }
}
