/** Test routes behind the real core, bundled as functions are, on the local runtime and gateway: no database, no AWS. */
import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleFunctions, repoRoot } from '../../lib/build/bundle.ts';
import { makeDirectory } from '../../lib/command/make-directory.ts';
import { createClock } from '../../lib/local/clock.ts';
import { startGateway } from '../../lib/local/gateway.ts';
import { createRuntime, type LogLine } from '../../lib/local/runtime.ts';
import { parseSettings, settingsJson } from '../../lib/service/config.ts';
import { routeFunctions } from '../../lib/service/functions.ts';
import type { Route } from '../../lib/service/routes.ts';

export interface RouteHost {
  readonly url: string;
  readonly logs: readonly LogLine[];
  stop(): Promise<void>;
}

/** The row of a test route, from what a test states of it. `entry` is a file of test/support/routes. */
export const testRow = (method: Route['method'], name: string, over: Partial<Route> = {}): Route => ({
  method,
  path: `/${name}`,
  summary: 'Anything',
  entry: `functions/routes/../../test/support/routes/${name}.ts`,
  stack: 'pages',
  auth: 'none',
  throttle: { rate: 1, burst: 1 },
  may: [],
  memory: 256,
  bundleKiB: 200,
  answers: { 200: null },
  ...over,
});

/** @param issuer as functions have it; the gateway's own address by default */
export async function startRoutes(rows: readonly Route[], issuer?: string): Promise<RouteHost> {
  const directory = mkdtempSync(join(makeDirectory(join(repoRoot, '.build')), 'routes-'));
  const functions = routeFunctions(rows).map((spec) => ({ ...spec, name: basename(spec.entry, '.ts') }));
  await bundleFunctions(functions, directory);
  const gateway = await startGateway({ port: 0, functions });
  const logs: LogLine[] = [];
  const runtime = createRuntime({
    functions,
    directory,
    clock: createClock(),
    variables: () => ({
      SETTINGS: settingsJson(parseSettings({ stage: 'test' }).service),
      STAGE: 'test',
      ISSUER: issuer ?? gateway.url,
    }),
    endpointUrl: 'http://127.0.0.1:1',
    region: 'eu-north-1',
    accountId: '000000000000',
    onLog: (line) => logs.push(line),
  });
  gateway.serve(runtime.invoke);
  return {
    url: gateway.url,
    logs,
    async stop() {
      await gateway.close();
      await runtime.close();
      rmSync(directory, { recursive: true });
    },
  };
}
