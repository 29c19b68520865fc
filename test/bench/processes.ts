/** The measured program runs in a process of its own, so that the load's work does not count. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Target {
  readonly pid: number;
  readonly url: string;
  /** Connects to its PostgreSQL as the owner of the tables. */
  readonly connectionString: string;
  /** Of a client that is registered there, where the program has one: for `Authorization`. */
  readonly basic?: string;
}

/** Starts a program, which sends its {@link Target} when it serves, and ends it after the work. */
export async function withProcess<T>(
  program: string,
  options: object,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const child = fork(new URL(program, import.meta.url), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  try {
    const target = await Promise.race([once(child, 'message').then(([message]) => message as Target), exit]);
    if (Array.isArray(target)) throw new Error(`${program} ended before it served`);
    return await work(target);
  } finally {
    if (child.connected) child.send('stop');
    await exit;
  }
}

/** The other side: reports where it serves, and ends on command or when its starter has ended. */
export function serveUntilToldToStop(target: Omit<Target, 'pid'>, stop: () => Promise<void>): void {
  process.send?.({ pid: process.pid, ...target });
  const end = () => void stop().finally(() => process.exit());
  process.once('message', end);
  process.once('disconnect', end);
}
