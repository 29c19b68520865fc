/** Makes the folders that variables and arguments name. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it. Node's own `recursive` retries for ever inside a folder that takes no new ones,
 * such as /proc, and no signal ends it.
 * @param namedBy the variable or argument that names the folder, for the message
 * @returns its absolute path
 * @throws Error of one line that names the folder
 */
export function makeDirectory(path: string, { namedBy, mode }: { namedBy?: string; mode?: number } = {}): string {
  const directory = resolve(path);
  try {
    make(directory, mode);
  } catch (error) {
    const name = namedBy === undefined ? directory : `${directory} (${namedBy})`;
    throw new Error(`Cannot use ${name}: ${(error as Error).message}`, { cause: error });
  }
  return directory;
}

function make(directory: string, mode?: number): void {
  if (isDirectory(directory)) return;
  const above = dirname(directory);
  if (above !== directory) make(above, mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    // Another process may have made it first.
    if (!isDirectory(directory)) throw error;
  }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
