/** `npm start`: the whole service on this machine, until SIGINT or SIGTERM. */

import { oneLine } from '../lib/command/run-script.ts';
import { freshBundles } from '../lib/local/fresh-bundles.ts';
import { type Host, startHost } from '../lib/local/host.ts';
import { isRunning, npmProcess } from '../lib/local/npm-process.ts';
import type { LogLine } from '../lib/local/runtime.ts';
import { readVariables } from '../lib/local/variables.ts';

// As on Lambda; the threads of the functions share it with this process.
process.env.TZ = 'UTC';

const starting = start();
let stopping: Promise<never> | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
stopWithNpm();
try {
  const { url } = await starting;
  if (!stopping) process.stdout.write(`Identity service ready on ${url}\n`);
} catch (error) {
  fail(error);
}

async function start(): Promise<Host> {
  const variables = readVariables(process.env, process.argv.slice(2));
  const bundles = await freshBundles();
  return startHost({ ...variables, bundles, onLog: printLine, onFailure: fail });
}

/** Ends with 0 once everything has been stopped. */
function interrupt(): void {
  stopping ??= end(0);
}

/** One line on stderr, then ends with 1. */
function fail(error: unknown): void {
  if (stopping) return;
  process.stderr.write(`${oneLine(error)}\n`);
  stopping = end(1);
}

async function end(code: number): Promise<never> {
  const begun = Date.now();
  // A terminal and npm each pass Ctrl-C on, so the same one may come twice; a second of the user's comes later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => Date.now() - begun > 1_000 && process.exit(1));
  }
  await starting.then(
    (host) => host.stop(),
    () => {},
  );
  process.exit(code);
}

/** npm passes signals on, but not SIGKILL: nobody would then end this process, and it would hold the ports. */
function stopWithNpm(): void {
  const npm = npmProcess();
  if (npm !== undefined) setInterval(() => isRunning(npm) || interrupt(), 500).unref();
}

/** The functions' own lines are JSON; what else they print becomes it. */
function printLine({ function: name, line }: LogLine): void {
  const isJson = line.startsWith('{') && line.endsWith('}');
  process.stdout.write(`${isJson ? line : JSON.stringify({ function: name, message: line })}\n`);
}
