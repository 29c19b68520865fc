/** A PostgreSQL whose starter was killed hard, found by what it left in its folder. */
import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Stands in the server's command line, to tell an orphan from one whose starter lives. */
export const starterArgument = (pid: number) => `started-by-${pid}`;

/**
 * Stops the server of that data folder which nobody looks after any more; clears its lock file when it has gone.
 * @throws Error when the one that started it still runs
 */
export async function stopOrphan(data: string): Promise<void> {
  const lockFile = join(data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(lockFile, 'utf8').catch(() => ''), 10);
  if (!(pid > 0)) return;

  const server = await serverOf(pid, data);
  if (server) {
    // With the end of the argument: 1 begins 12.
    if (`${server.command} `.includes(`${starterArgument(server.parent)} `)) {
      throw new Error(`The database in ${data} is in use by process ${server.parent}`);
    }
    await end(pid, data);
  }
  // PostgreSQL would take any process of that number for its own.
  await rm(lockFile, { force: true });
}

/** Fast, and after five seconds at once: what was committed is kept either way. */
async function end(pid: number, data: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    for (let waited = 0; waited < 5_000; waited += 20) {
      // One that has ended, but whom nobody reaps, as in many containers, has a number still but no command.
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

/** The process of that number, if it serves these data: the number may have gone to a stranger since. */
async function serverOf(pid: number, data: string): Promise<ServerProcess | undefined> {
  const server = await processOf(pid);
  // A server works in its data folder, which its command line may name by a handle alone.
  const isOfData = server?.command.includes(data) || (await workingFolder(pid)) === data;
  return isOfData ? server : undefined;
}

const workingFolder = (pid: number) => readlink(`/proc/${pid}/cwd`).catch(() => undefined);

async function processOf(pid: number): Promise<ServerProcess | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses, which may itself hold some; the fourth is the parent.
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, command: (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ') };
  } catch {
    if (process.platform === 'linux') return undefined;
  }
  const ps = promisify(execFile)('ps', ['-o', 'ppid=,command=', '-p', String(pid)]);
  const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec((await ps.catch(() => ({ stdout: '' }))).stdout) ?? [];
  return parent === undefined ? undefined : { parent: Number(parent), command };
}
