/** `npm start`: runs the whole service on this machine, until SIGINT or SIGTERM. */

import { oneLine } from '../lib/command/run-script.ts';
import { addresses } from '../lib/local/addresses.ts';
import { freshBundles } from '../lib/local/fresh-bundles.ts';
import { type Host, startHost } from '../lib/local/host.ts';
import { isRunning, npmProcess } from '../lib/local/npm-process.ts';
import type { LogLine } from '../lib/local/runtime.ts';
import { readVariables } from '../lib/local/variables.ts';

// As on Lambda; the functions' worker threads share it with this process.
process.env.TZ = 'UTC';

const starting = start();
let stopping: Promise<never> | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
stopWithNpm();
try {
  const host = await starting;
  if (!stopping) process.stdout.write(`Identity service ready on ${host.url}\n${addresses(host)}\n`);
} catch (error) {
  fail(error);
}

async function start(): Promise<Host> {
  const variables = readVariables(process.env, process.argv.slice(2));
  const bundles = await freshBundles();
  return startHost({ ...variables, bundles, onLog: printLine, onFailure: fail });
}

/** Stops everything, then ends with 0. */
function interrupt(): void {
  stopping ??= end(0);
}

/** Writes one line to stderr, stops everything, then ends with 1. */
function fail(error: unknown): void {
  if (stopping) return;
  process.stderr.write(`${oneLine(error)}\n`);
  stopping = end(1);
}

async function end(code: number): Promise<never> {
  const begun = Date.now();
  // A terminal and npm both pass Ctrl-C on, so one Ctrl-C may arrive twice. The user's second one comes later.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => Date.now() - begun > 1_000 && process.exit(1));
  }
  await starting.then(
    (host) => host.stop(),
    () => {},
  );
  process.exit(code);
}

/** npm passes signals on, except SIGKILL: after that nothing would end this process, and it would hold the ports. */
function stopWithNpm(): void {
  const npm = npmProcess();
  if (npm !== undefined) setInterval(() => isRunning(npm) || interrupt(), 500).unref();
}

/** The functions' log lines are JSON; anything else that they print is wrapped in JSON. */
function printLine({ function: name, line }: LogLine): void {
  const isJson = line.startsWith('{') && line.endsWith('}');
  process.stdout.write(`${isJson ? line : JSON.stringify({ function: name, message: line })}\n`);
}
