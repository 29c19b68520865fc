/** Who PostgreSQL runs as: this user, or, since it refuses to run as root, an account that is there already. */
import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Owner, type PostgresPrograms, reachablePrograms } from './postgres-programs.ts';

export interface PostgresAccount {
  /** Of the files that PostgreSQL makes and reads; undefined when it is this very user. */
  readonly owner?: Owner;
  /** The folder under the name by which the programs reach it. */
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

/** The server's messages are looked at, so they are in English whatever the machine's language. */
const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/** The first handle after those of the standard streams. Through it Linux asks no permission of the folders above. */
const HANDED_OVER = '/proc/self/fd/3';

/**
 * As root, gives the folder to the account, which needs no way in from above: the clone, or LOCAL_DIR, may be below
 * /root.
 * @param directory where the data are to be, existing
 * @param installed the programs as npm has them
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

/** The one that owns data of an earlier start, else `postgres`, else `nobody`: no account is made. */
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

/** The first on the way to a folder, from the root down, which others may not enter. */
async function closedFolder(folder: string): Promise<string | undefined> {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  const { mode } = await stat(parent);
  return (await closedFolder(parent)) ?? ((mode & 0o001) === 0 ? parent : undefined);
}
