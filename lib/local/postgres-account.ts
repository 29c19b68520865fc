/** Who PostgreSQL runs as: this user, or, since it refuses to run as root, an account that is there already. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface PostgresAccount {
  /** Of the files that PostgreSQL makes and reads; undefined when it is this very user. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

/** The server's messages are looked at, so they are in English whatever the machine's language. */
const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/**
 * As root, gives the folder to the account.
 * @param directory where the data are to be, existing
 * @throws Error that names the folder which keeps the account out
 */
export async function postgresAccount(directory: string, binary: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return { spawn: (command, args, options) => spawn(command, args, { ...options, env }) };

  const owner = await accountOf(directory);
  await chown(directory, owner.uid, owner.gid);
  const closed = [...(await closedFolders(directory)), ...(await closedFolders(dirname(binary)))];
  if (closed.length === 0) {
    return { owner, spawn: (command, args, options) => spawn(command, args, { ...options, ...owner, env }) };
  }

  // Below /root, say: the account may pass closed folders by a capability, where the system has the tool to give it.
  const asAccount = [
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  const { status } = spawnSync('setpriv', [...asAccount, binary, '--version'], { cwd: '/', env, stdio: 'ignore' });
  if (status !== 0) {
    throw new Error(
      `PostgreSQL does not run as root, and the account ${owner.name} cannot enter ${closed[0]}: ` +
        `open it (chmod o+x ${closed[0]}), work in another folder, or start as an ordinary user`,
    );
  }
  return {
    owner,
    spawn: (command, args, options) => spawn('setpriv', [...asAccount, command, ...args], { ...options, env }),
  };
}

/** The one that owns data of an earlier start, else `postgres`, else `nobody`: no account is made. */
async function accountOf(directory: string) {
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

/** Those on the way to a folder, from the root down, which others may not enter. */
async function closedFolders(folder: string): Promise<string[]> {
  const parent = dirname(folder);
  if (parent === folder) return [];
  const { mode } = await stat(parent);
  return [...(await closedFolders(parent)), ...((mode & 0o001) === 0 ? [parent] : [])];
}
