/** Runs `npm run users -- import` as an operator does, with files in a folder of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../../lib/build/bundle.ts';
import type { Service } from './service.ts';

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Imports = Awaited<ReturnType<typeof importsInto>>;

export async function importsInto(service: Service) {
  const directory = await mkdtemp(join(tmpdir(), 'import-'));
  async function file(path: string, ...more: string[]): Promise<Run> {
    const env = { ...process.env, AWS_ENDPOINT_URL: service.awsUrl, DATABASE_NAME: service.database.name };
    const args = [join(repoRoot, 'bin/users.ts'), 'import', path, ...more];
    return promisify(execFile)(process.execPath, args, { env }).then(
      (run) => ({ code: 0, ...run }),
      (error) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
    );
  }
  async function bytes(content: Uint8Array | string, ...more: string[]): Promise<Run> {
    const path = join(directory, 'users.jsonl');
    await writeFile(path, content);
    return file(path, ...more);
  }
  return {
    directory,
    file,
    bytes,
    /** A value that is not a string is written as JSON. */
    lines: (lines: readonly (object | string)[], ...more: string[]): Promise<Run> =>
      bytes(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''), ...more),
    end: () => rm(directory, { recursive: true, force: true }),
  };
}
