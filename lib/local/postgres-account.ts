/** The account that PostgreSQL runs as: this user, or in place of root, which it refuses, an existing account. */
import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Owner, type PostgresPrograms, reachablePrograms } from './postgres-programs.ts';

export interface PostgresAccount {
  /** The owner of the files that PostgreSQL makes and reads; undefined when it is this user. */
  readonly owner?: Owner;
  /** The folder's path, as the programs reach it. */
  readonly directory: string;
  run(
    program: keyof PostgresPrograms,
    args: readonly string[],
    options: RunOptions,
  ): ChildProcess & { stderr: Readable | null };
}

export interface RunOptions {
  readonly stdio: readonly [stdin: 'ignore', stdout: IOType | number, stderr: IOType | number];
  readonly detached?: boolean;
}

/** This code reads the server's messages, so they are in English, whatever the machine's language. */
const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** The first handle after the standard streams. Linux checks no permissions of the folders above a handle's folder. */
const HANDED_OVER = '/proc/self/fd/3';

/**
 * As root, makes the account the folder's owner. The account need not be able to enter the folders above: the clone, or
 * LOCAL_DIR, may be below /root.
 * @param directory the existing folder for the data
 * @param installed the programs that npm installed
 */
export async function postgresAccount(directory: string, installed: PostgresPrograms): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    return {
      directory,
      run: (program, args, options) =>
        spawn(installed[program], args, { ...options, stdio: [...options.stdio], cwd: directory, env }),
    };
  }
  const owner = await accountOf(directory);
  await chown(directory, owner.uid, owner.gid);
  const programs = await reachablePrograms(installed, owner);
  const closed = await closedFolder(directory);
  if (closed !== undefined && process.platform !== 'linux') {
    throw new Error(
      `PostgreSQL does not run as root, and the account ${owner.name} cannot enter ${closed}: open it (chmod o+x)`,
    );
  }
  return {
    owner,
    directory: closed === undefined ? directory : HANDED_OVER,
    run(program, args, { stdio, ...options }) {
      const handle = openSync(directory, 'r');
      try {
        return spawn(programs[program], args, { ...options, ...owner, stdio: [...stdio, handle], cwd: directory, env });
      } finally {
        closeSync(handle);
      }
    },
  };
}

/** The account that owns data of an earlier start, else `postgres`, else `nobody`. No account is created. */
async function accountOf(directory: string): Promise<Owner & { readonly name: string }> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
  const earlier = await stat(join(directory, 'data')).catch(() => undefined);
  const account =
    accounts.find(({ uid }) => uid !== 0 && uid === earlier?.uid) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (!account) throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody');
  return account;
}

/** The first folder on the path to a folder, from the root down, that others may not enter. */
async function closedFolder(folder: string): Promise<string | undefined> {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  const { mode } = await stat(parent);
  return (await closedFolder(parent)) ?? ((mode & 0o001) === 0 ? parent : undefined);
}
