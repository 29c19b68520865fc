import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
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
