/**
 * PostgreSQL's programs, in a place where the account that runs them can open them. npm installs them in the clone,
 * which may be in a folder that only root can enter. They find each other and their libraries by their own path, so a
 * handle does not help, as it does for the data; a copy does.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdtemp, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { makeDirectory } from '../command/make-directory.ts';

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Nothing sweeps the first; the others are for a root that may not write there. */
const CACHES = ['/var/cache/identity-postgres', join(tmpdir(), 'identity-postgres'), '/var/tmp/identity-postgres'];

/**
 * Returns the installed programs, or a copy that root made and only root can change, kept from start to start.
 * @throws Error of one line when the account can run them in none of these places
 */
export async function reachablePrograms(
  installed: PostgresPrograms,
  owner: Owner,
  caches: readonly string[] = CACHES,
): Promise<PostgresPrograms> {
  if (await runs(installed, owner)) return installed;
  const source = dirname(dirname(installed.initdb));
  const digest = await digestOf(source);
  for (const cache of caches) {
    const directory = await copyIn(cache, source, digest).catch(() => undefined);
    if (directory === undefined) continue;
    const [initdb, postgres] = [installed.initdb, installed.postgres].map((file) =>
      join(directory, 'bin', basename(file)),
    );
    const copies = { initdb, postgres } as PostgresPrograms;
    if (await runs(copies, owner)) return copies;
  }
  throw new Error(
    `PostgreSQL does not run as root, and user ${owner.uid} can run its programs neither in ${source} nor as a copy in ${caches.join(' or ')}`,
  );
}

/** initdb finds and runs the server's program even when it only shows its settings. */
async function runs({ initdb }: PostgresPrograms, owner: Owner): Promise<boolean> {
  const asked = promisify(execFile)(initdb, ['--show', '-D', '/nonexistent'], {
    ...owner,
    cwd: '/',
    env: { LC_ALL: 'C' },
  });
  return asked.then(
    () => true,
    () => false,
  );
}

/** @returns the copy; undefined when others could have put it there, or could change it */
async function copyIn(cache: string, source: string, digest: string): Promise<string | undefined> {
  makeDirectory(cache, { mode: 0o755 });
  if (!(await isOursAlone(cache))) return undefined;
  const copy = join(cache, digest);
  if ((await digestOf(copy).catch(() => undefined)) === digest) return copy;

  // Moved into place when it is complete; another start at the same time may be first, with the same files.
  const draft = await mkdtemp(`${copy}-`);
  await cp(source, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return (await digestOf(copy)) === digest ? copy : undefined;
}

async function isOursAlone(directory: string): Promise<boolean> {
  const { uid, mode } = await lstat(directory);
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/** Lets everybody read and run the copy, whatever the umask was when it was made or installed. */
async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || ((await lstat(path)).mode & 0o100) !== 0;
    await chmod(path, isProgram ? 0o755 : 0o644);
  }
}

/** A digest of names, contents and links; 60 MB take about 0.1 s. */
async function digestOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const path of paths.sort()) {
    const isLink = (await lstat(path)).isSymbolicLink();
    const content = isLink ? await readlink(path, 'buffer') : await readFile(path);
    hash.update(`${relative(directory, path)}\0${isLink}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}
