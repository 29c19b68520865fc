/** Runs an operator's command against the service of a test, as `npm run …` does. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import { repoRoot } from '../../lib/build/bundle.ts';
import type { Service } from './service.ts';

export interface Ending {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** @param command the file under bin, and the arguments */
export function operatorCommand(service: Service, [file, ...args]: readonly [string, ...string[]]): Promise<Ending> {
  const env = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: service.awsUrl,
    DATABASE_NAME: service.database.name,
    // Stripping the types from its files takes half of a command's time.
    NODE_COMPILE_CACHE: join(inject('runDirectory'), 'compiled'),
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(repoRoot, 'bin', file), ...args], { env }, (failure, out, error) =>
      resolve({ code: Number(failure?.code ?? 0), out, error }),
    );
  });
}
