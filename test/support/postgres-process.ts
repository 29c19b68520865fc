/** Processes that start PostgreSQL, or are it, from outside. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { PostgresServer } from '../../lib/local/postgres.ts';

/** A process that has ended counts as gone, even if it is not reaped yet. */
export function lives(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z]/.test(stdout.trim());
}

/** Another process that starts PostgreSQL in this folder; resolves when PostgreSQL has started. */
export async function startElsewhere(directory: string): Promise<{ process: ChildProcess; server: PostgresServer }> {
  const script = `
    import { startPostgres } from ${JSON.stringify(join(import.meta.dirname, '../../lib/local/postgres.ts'))};
    const { host, port, superuser } = await startPostgres({ directory: process.argv[1], durable: false });
    console.log(JSON.stringify({ host, port, superuser }));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { process: child, server: JSON.parse(line) };
}

/** Kills the watchdog, the starter's only other child, so that nothing stops the server. */
export function killWithWatchdog(starter: ChildProcess, server: number): void {
  const children = execFileSync('pgrep', ['-P', String(starter.pid)], { encoding: 'utf8' });
  for (const child of children.trim().split('\n').map(Number)) if (child !== server) process.kill(child, 'SIGKILL');
  starter.kill('SIGKILL');
}
