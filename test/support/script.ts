/** Runs a script of this repository as a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { repoRoot } from '../../lib/build/folders.ts';

export interface Ending {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** What a script's process gets besides the variables of its test. */
export const scriptVariables = () => ({
  PATH: process.env.PATH,
  // Stripping the types from its files takes half of a script's time.
  NODE_COMPILE_CACHE: join(inject('runDirectory'), 'compiled'),
});

/** @param file from the repository's root */
export function runScript(
  file: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  const env = { ...scriptVariables(), ...variables };
  // A process that hangs is ended before its test's time is over.
  const options = { cwd: repoRoot, env, timeout: 100_000, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], options, (failure, out, error) =>
      resolve({ code: Number(failure?.code ?? 0), out, error }),
    );
  });
}
