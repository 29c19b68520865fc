/** Stops a PostgreSQL whose starter was killed by SIGKILL. It is found by the files in its folder. */
import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** An argument in the server's command line: it shows whether the starter still lives. */
export const starterArgument = (pid: number) => `started-by-${pid}`;

/**
 * Stops the server of this data folder when its starter no longer exists, and removes the lock file.
 * @throws Error when the starter still runs
 */
export async function stopOrphan(data: string): Promise<void> {
  const lockFile = join(data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10);
  if (!(pid > 0)) return;

  const server = await serverOf(pid, data);
  if (server) {
    // Compared with the space after the argument, because 12 begins with 1.
    if (`${server.command} `.includes(`${starterArgument(server.parent)} `)) {
      throw new Error(`The database in ${data} is in use by process ${server.parent}`);
    }
    await end(pid, data);
  }
  // PostgreSQL would mistake any process with this number for its own.
  await rm(lockFile, { force: true });
}

/** Tries a fast shutdown, then after five seconds an immediate one: both keep what was committed. */
async function end(pid: number, data: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    for (let waited = 0; waited < 5_000; waited += 20) {
      // A process that has ended but that no parent reaps, as in many containers, still has a number but no command.
      if (!(await serverOf(pid, data))) return;
      await delay(20);
    }
  }
  throw new Error(`The PostgreSQL of an earlier start, process ${pid}, does not end`);
}

interface ServerProcess {
  readonly parent: number;
  readonly command: string;
}

/** The process with this number, if it serves these data: another process may have the number since. */
async function serverOf(pid: number, data: string): Promise<ServerProcess | undefined> {
  const server = await processOf(pid);
  // A server's working folder is its data folder; its command line may name that folder only by a handle.
  const isOfData = server?.command.includes(data) || (await workingFolder(pid)) === data;
  return isOfData ? server : undefined;
}

const workingFolder = (pid: number) => readlink(`/proc/${pid}/cwd`).catch(() => undefined);

async function processOf(pid: number): Promise<ServerProcess | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, and may contain parentheses itself; the fourth is the parent.
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, command: (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ') };
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  const ps = promisify(execFile)('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
  const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec((await ps.catch(() => ({ stdout: '' }))).stdout) ?? [];
  return parent === undefined ? undefined : { parent: Number(parent), command };
}
