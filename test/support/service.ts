/** The whole service for a test file: a host on free ports with a database of its own, and a JSON client. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { type Host, type HostOptions, startHost } from '../../lib/local/host.ts';
import type { Answer } from './answer.ts';
import { type DatabaseView, viewDatabase } from './database-view.ts';
import { deployedBundles } from './deployed-bundles.ts';
import { checkAnswer } from './openapi-check.ts';
import { newTestDatabase } from './shared-postgres.ts';

export type { Answer } from './answer.ts';

type HeaderFields = Readonly<Record<string, string>>;

export interface Service extends Omit<Host, 'runJob'>, DatabaseView {
  /** Sends the body as it is. */
  send(method: string, path: string, body?: string | Uint8Array, headers?: HeaderFields): Promise<Answer>;
  get(path: string, headers?: HeaderFields): Promise<Answer>;
  /** Sends the body as JSON. */
  post(path: string, body?: unknown, headers?: HeaderFields): Promise<Answer>;
  put(path: string, body?: unknown, headers?: HeaderFields): Promise<Answer>;
  delete(path: string, body?: unknown, headers?: HeaderFields): Promise<Answer>;
  /** A well-formed signature, which opens the routes for machines. */
  readonly iamHeaders: HeaderFields;
  /** Runs a job at once. @throws Error when it fails */
  runJob(name: string, event?: unknown): Promise<unknown>;
  /** The calls to AWS that an action makes: `{"rds-data.ExecuteStatement": 2}`. */
  callsDuring(work: () => Promise<unknown>): Promise<Record<string, number>>;
}

export interface ServiceOptions extends Partial<Omit<HostOptions, 'service'>> {
  /** The service's settings that differ from the defaults. */
  readonly settings?: HostOptions['service'];
  /** The parent of the folder that keeps keys and secrets. */
  readonly parent?: string;
}

/** What a hash begins with where hashes are cheap: today's parameters there. */
export const cheapHashForm = '$argon2id$v=19$m=8,t=1,p=1$';

/**
 * For `startService`: each function has environments of its own, and hashes cost what they cost. Tests that are about
 * what a function keeps in memory, about its start, or about its end ask for it.
 */
export const asDeployed = { forTests: {} } as const satisfies ServiceOptions;

/**
 * Starts the service: migrated, without schedules, and with the rate limits off unless the settings say otherwise.
 * Stop it after use: `afterAll(() => service.stop())`.
 */
export async function startService({
  settings,
  parent = tmpdir(),
  // Starts and hashes would be half of the time of all tests. lib/local/environment-pool.ts says what is not proved so.
  forTests = { sharedEnvironments: true, cheapHashes: true },
  ...options
}: ServiceOptions = {}): Promise<Service> {
  const directory = await mkdtemp(join(parent, 'service-'));
  const shared = inject('sharedPostgres');
  // A stage of its own folder is deployed as any; every other begins as a copy of one that was.
  const deployed = options.directory === undefined;
  const kept = deployed ? ['kms.json', 'secrets.json'] : [];
  for (const file of kept) await cp(join(shared.deployed, file), join(directory, file));
  const host = await startHost({
    port: 0,
    awsPort: 0,
    directory,
    bundles: forTests.sharedEnvironments ? inject('bundles') : await deployedBundles(),
    forTests,
    database: await newTestDatabase(shared, `test_${randomBytes(6).toString('hex')}`),
    schedules: false,
    deployed,
    // A third environment of each function is seldom needed, and each takes as long to start as many requests.
    maxConcurrency: 2,
    ...options,
    // The same hashes in a quarter of the time; journey.test.ts runs with the default.
    service: { rateLimiting: 'off', passwordHasher: 'native', ...settings },
  });
  const { view, close } = viewDatabase(host.database.connectionString);

  const send: Service['send'] = async (method, path, body, headers) => {
    const response = await fetch(`${host.url}${path}`, { method, headers, body, redirect: 'manual' });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const answer = {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
    checkAnswer(method, path, answer);
    return answer;
  };
  const sendJson = (method: string, path: string, body: unknown, headers: HeaderFields = {}) =>
    body === undefined
      ? send(method, path, undefined, headers)
      : send(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });

  return {
    ...host,
    ...view,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => sendJson('POST', path, body, headers),
    put: (path, body, headers) => sendJson('PUT', path, body, headers),
    delete: (path, body, headers) => sendJson('DELETE', path, body, headers),
    iamHeaders,
    async runJob(name, event) {
      const outcome = await host.runJob(name, event);
      if (!outcome) throw new Error(`There is no job ${name}`);
      if (!outcome.ok) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return outcome.result;
    },
    async callsDuring(work) {
      // An event of before would be counted, or keep the environment in which a function is warm.
      await host.runtime.settled();
      host.endpoint.resetCalls();
      await work();
      return host.endpoint.calls();
    },
    async stop() {
      await close();
      await host.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const iamHeaders = {
  authorization: `AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260101/eu-north-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  'x-amz-date': '20260101T000000Z',
};
