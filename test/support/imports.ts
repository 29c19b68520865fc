/** Runs `npm run users -- import` as an operator does, with files in a folder of its own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorCommand } from './operator-command.ts';
import type { Ending } from './script.ts';
import type { Service } from './service.ts';

export type Imports = Awaited<ReturnType<typeof importsInto>>;

export async function importsInto(service: Service) {
  const directory = await mkdtemp(join(tmpdir(), 'import-'));
  const file = (path: string, ...more: string[]): Promise<Ending> =>
    operatorCommand(service, ['users.ts', 'import', path, ...more]);
  async function bytes(content: Uint8Array | string, ...more: string[]): Promise<Ending> {
    const path = join(directory, 'users.jsonl');
    await writeFile(path, content);
    return file(path, ...more);
  }
  return {
    directory,
    file,
    bytes,
    /** A value that is not a string is written as JSON. */
    lines: (lines: readonly (object | string)[], ...more: string[]): Promise<Ending> =>
      bytes(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''), ...more),
    end: () => rm(directory, { recursive: true, force: true }),
  };
}
