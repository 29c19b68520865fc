/**
 * Measures how long a bundle takes to load, and when the first answer is there, with a fresh process for each start.
 * Compares the login function with a bundle of only its three SDK clients, as esbuild makes it.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { repoRoot } from '../../lib/build/folders.ts';
import { freshBundles } from '../../lib/local/fresh-bundles.ts';
import { type FunctionSpec, functions } from '../../lib/service/functions.ts';
import { withHost } from './bench-host.ts';
import type { Bench, Figure } from './figure.ts';
import { connect } from './http-client.ts';
import { quantile } from './quantile.ts';
import { login, register } from './service-clients.ts';

const ROUNDS = 21;

/** Milliseconds: for the import alone, and from the start of the process to the answer. */
interface Start {
  readonly init: number;
  readonly answer: number;
}

const NAIVE = 'three SDK clients';

/** A function that returns its environment variables. */
const teller: FunctionSpec = {
  name: 'variables',
  entry: 'functions/variables.ts',
  stack: 'documents',
  triggers: [],
  may: functions.find(({ name }) => name === 'auth-login')?.may ?? [],
  memory: 256,
  timeout: 10,
  bundleKiB: 1,
};

export const bench: Bench = async () => {
  const bundles = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    const built = await freshBundles();
    for (const name of readdirSync(built)) symlinkSync(join(built, name), join(bundles, name));
    mkdirSync(join(bundles, teller.name));
    writeFileSync(join(bundles, teller.name, 'index.mjs'), 'export const handler = () => process.env;');
    await bundleNaively(join(bundles, NAIVE, 'index.mjs'));
    // All else is as in a stage with default settings, hash-wasm too.
    const service = { rateLimiting: 'off' as const };
    const options = { bundles, functions: [...functions, teller], schedules: false, service };
    return await withHost(options, async ({ runtime, url }) => {
      const variables = await runtime.invoke(teller.name, {});
      if (!variables.ok) throw new Error(variables.error.errorMessage);
      return measure(bundles, variables.result as Record<string, string>, await requests(url));
    });
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
};

async function measure(
  bundles: string,
  variables: Record<string, string>,
  events: Readonly<Record<string, object>>,
): Promise<Figure[]> {
  const starts = new Map<string, Start[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, event] of Object.entries(events)) {
      const start = await startOnce(join(bundles, name, 'index.mjs'), variables, event);
      starts.set(name, [...(starts.get(name) ?? []), start]);
    }
  }
  const median = (name: string, part: keyof Start) =>
    quantile(
      (starts.get(name) ?? []).map((start) => start[part]),
      0.5,
    );
  // The two starts of a round are moments apart.
  const ratios = (starts.get('auth-login') ?? []).map(
    ({ init }, round) => init / (starts.get(NAIVE)?.[round]?.init ?? 0),
  );
  const figures = Object.keys(events).map((name): Figure => {
    const note = name === NAIVE ? '' : `first answer ${median(name, 'answer').toFixed(0)} ms after the process began`;
    return { what: `${name}, init`, value: median(name, 'init'), unit: 'ms', note };
  });
  return [
    ...figures,
    {
      what: `init of auth-login beside ${NAIVE} alone`,
      value: quantile(ratios, 0.5),
      unit: '×',
      target: { atMost: 0.8 },
    },
  ];
}

/** Imports and makes the clients of auth-login; the bundle has the service's options, but leaves nothing out. */
async function bundleNaively(outfile: string): Promise<void> {
  const contents = `
    import { KMSClient, SignCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms';
    import { RDSDataClient, ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
    import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
    const clients = [new KMSClient({}), new RDSDataClient({}), new SecretsManagerClient({})];
    export const handler = () => [clients.length, SignCommand, GetPublicKeyCommand, ExecuteStatementCommand, GetSecretValueCommand].length;`;
  await build({
    stdin: { contents, resolveDir: repoRoot },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  });
}

const PROGRAM = `
  const begun = performance.now();
  const { handler } = await import(process.env.BUNDLE);
  const init = performance.now() - begun;
  const result = await handler(JSON.parse(process.env.EVENT), { getRemainingTimeInMillis: () => 10_000 });
  if (result?.statusCode >= 300) throw new Error(JSON.stringify(result));
  process.stderr.write(JSON.stringify({ init, answer: performance.now() }));
  process.exit();`;

async function startOnce(bundle: string, variables: Record<string, string>, event: object): Promise<Start> {
  const env = { ...variables, BUNDLE: pathToFileURL(bundle).href, EVENT: JSON.stringify(event) };
  const run = promisify(execFile);
  const { stderr } = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM], { env });
  return JSON.parse(stderr);
}

/** A request to each function, as API Gateway passes it. */
async function requests(url: string): Promise<Record<string, object>> {
  const connection = connect(url);
  const email = await register(connection);
  const tokens = await login(connection, email);
  connection.close();
  const password = 'correct horse battery staple';
  return {
    healthz: request('GET', '/healthz'),
    'well-known-jwks': request('GET', '/.well-known/jwks.json'),
    'auth-me-get': request('GET', '/v1/auth/me', undefined, { authorization: `Bearer ${tokens.access_token}` }),
    'auth-login': request('POST', '/v1/auth/login', { email, password }),
    'auth-register': request('POST', '/v1/auth/register', { email: `new-${email}`, password }),
    [NAIVE]: {},
  };
}

function request(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    requestContext: { requestId: 'bench', http: { method, path, sourceIp: '192.0.2.1', userAgent: 'bench' } },
    ...(body ? { body: JSON.stringify(body) } : {}),
    isBase64Encoded: false,
  };
}
