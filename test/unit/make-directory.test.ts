import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repoRoot } from '../../lib/build/bundle.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'folders-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a folder', () => {
  it('is made with its parents, and used as it is if it exists', () => {
    const folder = join(root, 'a', 'b', 'c');
    expect(makeDirectory(folder, { mode: 0o700 })).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(makeDirectory(`${folder}/../c`)).toBe(folder);
    symlinkSync(folder, join(root, 'link'));
    expect(makeDirectory(join(root, 'link'))).toBe(join(root, 'link'));
  });

  it('that cannot be made is named in one line, with its variable', () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
    for (const path of ['file', 'file/below', 'dangling', `${'x'.repeat(300)}/y`]) {
      const folder = join(root, path);
      expect(() => makeDirectory(folder, { namedBy: 'LOCAL_DIR' })).toThrow(
        /^Cannot use [^\n]+ \(LOCAL_DIR\): [^\n]+$/,
      );
    }
  });
});

/** Where Node's own recursive mkdir never returns. */
describe.runIf(existsSync('/proc'))('a script whose folder cannot be made', () => {
  const nowhere = '/proc/nope';

  it.each([
    ['bin/mails.ts', [nowhere], {}],
    ['bin/contracts.ts', [nowhere], {}],
    ['bin/openapi.ts', [`${nowhere}/openapi.json`], {}],
    ['bin/cost.ts', [], { TMPDIR: nowhere }],
    ['test/bench/run.ts', ['hashers', '--out', nowhere], {}],
  ])('%s ends with one line and code 1', async (script, args, variables) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: repoRoot,
      env: { PATH: process.env.PATH, ...variables },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 100_000,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, 'close');
    expect(said).toMatch(/^[^\n]*\/proc\/nope[^\n]*\n$/);
    expect(code).toBe(1);
  });
});
