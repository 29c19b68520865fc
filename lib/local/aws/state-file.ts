/** Keeps a service's state between starts: one JSON file, replaced as a whole. */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../../command/make-directory.ts';

export interface StateFile<State> {
  readonly state: State;
  /** Resolves once the state as it is now has been written. */
  save(): Promise<void>;
}

/**
 * Opens the state kept in `file`, or `empty` where there is none yet; without a file it lives in memory only.
 * @throws Error naming the file when it cannot be read or is not JSON.
 */
export function openStateFile<State extends object>(file: string | undefined, empty: State): StateFile<State> {
  if (file === undefined) return { state: empty, save: async () => {} };
  const state = read<State>(file) ?? empty;

  // One write at a time: two of them would share the temporary file.
  let last: Promise<void> = Promise.resolve();
  const save = () => {
    last = last.catch(() => {}).then(() => replace(file, JSON.stringify(state)));
    return last;
  };
  return { state, save };
}

function read<State>(file: string): State | undefined {
  makeDirectory(dirname(file));
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`Cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

// A kill between the two steps leaves the old file whole.
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
