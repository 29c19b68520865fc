/**
 * npm run test:e2e -- --url URL [--aws-endpoint URL] [--events-queue URL] [--mails URL]
 *
 * Runs the suite against a running service, wherever it is. Tests that need more than its API are skipped, by name and
 * with the reason.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get as overHttp } from 'node:http';
import { get as overHttps } from 'node:https';
import { join } from 'node:path';
import { repoRoot } from '../../lib/build/folders.ts';
import { readArguments } from '../../lib/command/read-arguments.ts';
import { localhostToo } from './localhost.ts';
import type { Target } from './target.ts';

const USAGE = `npm run test:e2e -- --url URL [options]
  --url URL           base URL of the API: the stack's output Issuer
  --aws-endpoint URL  of the local host (http://127.0.0.1:4566): shows events and mails
  --events-queue URL  an SQS queue that a rule of the stage's bus sends every event to
  --mails URL         a page that lists the mails sent, as LocalStack's /_aws/ses does`;

try {
  const target = readTarget();
  await mustAnswer(target.url);
  process.exitCode = runSuite(target);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Checked before the suite, as every test would fail. @throws Error of one line */
async function mustAnswer(url: string): Promise<void> {
  const get = url.startsWith('https:') ? overHttps : overHttp;
  const request = get(`${url}/healthz`, { lookup: localhostToo });
  await once(request, 'response').catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new Error(`Nothing answers at ${url}: ${code ?? message}`);
  });
  request.destroy();
}

function readTarget(): Target {
  const option = { type: 'string' } as const;
  const { values } = readArguments(USAGE, {
    options: { url: option, 'aws-endpoint': option, 'events-queue': option, mails: option },
  });
  if (!values.url) throw new Error(`--url is missing\n${USAGE}`);
  const endpoint = values['aws-endpoint'] && base(values['aws-endpoint']);
  return {
    url: base(values.url),
    ...(endpoint ? { eventsPage: `${endpoint}/_local/events`, mailsPage: `${endpoint}/_aws/ses` } : {}),
    ...(values['events-queue'] ? { eventsQueue: values['events-queue'] } : {}),
    ...(values.mails ? { mailsPage: values.mails } : {}),
  };
}

/** Without the trailing slash. */
function base(url: string): string {
  if (!URL.canParse(url)) throw new Error(`${url} is not a URL\n${USAGE}`);
  return url.replace(/\/+$/, '');
}

function runSuite(target: Target): number {
  const config = join(repoRoot, 'test', 'e2e', 'vitest.config.ts');
  const { status } = spawnSync('vitest', ['run', '--config', config, '--root', repoRoot], {
    stdio: 'inherit',
    env: { ...process.env, E2E_TARGET: JSON.stringify(target) },
  });
  return status ?? 1;
}
