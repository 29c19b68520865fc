/** Keeps a service's state between starts, in one JSON file that is replaced as a whole. */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from '../../command/make-directory.ts';

export interface StateFile<State> {
  readonly state: State;
  /** Resolves when the present state has been written. */
  save(): Promise<void>;
}

/**
 * Opens the state kept in `file`, or `empty` if there is none yet; without a file, the state is only in memory.
 * @throws Error that names the file when it cannot be read or is not JSON.
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

// If the process is killed between the two steps, the old file stays whole.
async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
