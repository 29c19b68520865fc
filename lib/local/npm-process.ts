/** The npm that runs this process as a script, if one does. */
import { readFileSync } from 'node:fs';

/** Its process id. Most shells stay between npm and the script; with others, and without /proc, npm is the parent. */
export function npmProcess(): number | undefined {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  try {
    const [, name = '', parent] =
      /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return name.endsWith('sh') ? Number(parent) : process.ppid;
  } catch {
    return process.ppid;
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
