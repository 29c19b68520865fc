/**
 * Runs the functions from the bundles that a deployment uploads. Each function has a few worker threads, started when
 * they are needed and kept warm; a thread runs one event at a time. No function can take down another, nor the host.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { FunctionSpec } from '../service/functions.ts';
import type { Clock } from './clock.ts';
import { createPool, type EnvironmentPool } from './environment-pool.ts';
import type { LogLine } from './execution-environment.ts';
import type { FunctionError, ThreadFunction } from './worker.ts';

export type { LogLine } from './execution-environment.ts';

export type InvokeResult =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: FunctionError };

export interface RuntimeOptions {
  readonly functions: readonly FunctionSpec[];
  /** Holds one folder per function, with index.mjs. */
  readonly directory: string;
  readonly clock: Clock;
  /** The function's own variables; the runtime adds Lambda's. */
  readonly variables: (spec: FunctionSpec) => Readonly<Record<string, string>>;
  /** The local AWS endpoint's URL. */
  readonly endpointUrl: string;
  readonly region: string;
  readonly accountId: string;
  /** Per function, {@link CONCURRENCY} by default; further events wait. */
  readonly maxConcurrency?: number;
  /** For tests: environments run events of all functions (environment-pool.ts). */
  readonly sharedEnvironments?: boolean;
  readonly onLog?: (line: LogLine) => void;
}

export interface Runtime {
  /**
   * Runs a function and waits for its answer, as Lambda's Invoke does.
   * @throws Error when there is no function with this name
   */
  invoke(name: string, event: unknown): Promise<InvokeResult>;
  /** Resolves when no event is running or waiting. */
  settled(): Promise<void>;
  /** Cuts running events; their callers receive an error. */
  close(): Promise<void>;
}

/** Lambda's limit for a synchronous call and for its answer, bytes. */
const LARGEST_PAYLOAD = 6_291_556;

/**
 * One environment computes on each core while another waits for AWS. More of them would not be faster, and each would
 * be colder, because an environment compiles for itself what it runs often.
 */
const CONCURRENCY = availableParallelism() + 1;

export function createRuntime(options: RuntimeOptions): Runtime {
  const { functions, maxConcurrency = CONCURRENCY, sharedEnvironments, clock, onLog = () => {} } = options;
  const together = sharedEnvironments ? [functions] : functions.map((spec) => [spec]);
  const pools = new Map(
    together.flatMap((specs) => {
      const own = Object.fromEntries(specs.map((spec) => [spec.name, inThread(spec, options)]));
      const pool = createPool(specs, { functions: own, clock, maxConcurrency, onLog });
      return specs.map(({ name }) => [name, pool] as const);
    }),
  );
  const running = new Set<Promise<unknown>>();
  const run = (pool: EnvironmentPool, name: string, payload: string) => {
    const outcome = pool.run(name, payload);
    running.add(outcome);
    return outcome.finally(() => running.delete(outcome));
  };
  return {
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    async invoke(name, event) {
      const pool = pools.get(name);
      if (!pool) throw new Error(`There is no function ${name}`);
      const payload = JSON.stringify(event);
      if (Buffer.byteLength(payload) > LARGEST_PAYLOAD) return { ok: false, error: requestTooLarge };
      const outcome = await run(pool, name, payload);
      if (!outcome.ok) return outcome;
      if (Buffer.byteLength(outcome.result) > LARGEST_PAYLOAD) return { ok: false, error: responseTooLarge };
      return { ok: true, result: JSON.parse(outcome.result) };
    },
    async close() {
      await Promise.all([...new Set(pools.values())].map((pool) => pool.close()));
    },
  };
}

const requestTooLarge: FunctionError = {
  errorType: 'RequestEntityTooLargeException',
  errorMessage: `Request must be smaller than ${LARGEST_PAYLOAD} bytes for the InvokeFunction operation`,
};

const responseTooLarge: FunctionError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${LARGEST_PAYLOAD} bytes).`,
};

function inThread(spec: FunctionSpec, options: RuntimeOptions): ThreadFunction {
  return {
    file: join(options.directory, spec.name, 'index.mjs'),
    variables: { ...lambdaVariables(spec, options), ...options.variables(spec) },
    context: lambdaContext(spec, options),
  };
}

function lambdaContext({ name, memory }: FunctionSpec, { region, accountId }: RuntimeOptions) {
  return {
    functionName: name,
    functionVersion: '$LATEST',
    memoryLimitInMB: String(memory),
    invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
  };
}

/**
 * The variables that every function has on Lambda. The credentials open nothing: the local endpoint accepts any.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
function lambdaVariables({ name, memory }: FunctionSpec, { directory, region, endpointUrl }: RuntimeOptions) {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: join(directory, name),
    _HANDLER: 'index.handler',
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  };
}
