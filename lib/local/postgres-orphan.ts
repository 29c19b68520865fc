/** A server whose parent was killed (kill -9) goes on by itself and would keep the next from its data. */
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Ends the server that holds this data directory, if one does; waits until it is gone. */
export async function endOrphan(data: string): Promise<void> {
  const lock = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(lock.split('\n')[0]);
  if (!(pid > 0) || !(await isServerOf(pid, data))) return;
  // Fast first; at once, which leaves recovery to the next start, when that takes too long.
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    kill(pid, signal);
    for (let waited = 0; waited < 3_000; waited += 50) {
      if (!isAlive(pid)) return;
      await delay(50);
    }
  }
  throw new Error(`A PostgreSQL of another start (process ${pid}) holds ${data} and does not end`);
}

/** Process ids are used again: it has to be a postgres, and of this directory. */
async function isServerOf(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const [command, directory] = await Promise.all([
    readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
  ]);
  // No /proc on this system: the lock file alone has to do, as it does for PostgreSQL itself.
  if (command === null) return true;
  return directory === data || command.split('\0').includes(data);
}

function isAlive(pid: number): boolean {
  return kill(pid, 0);
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    // EPERM: it is there, but another's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
