/**
 * The execution environments of one function, started when they are needed and kept warm.
 *
 * In tests all functions of a host may share them (`sharedEnvironments`): otherwise most of a test file's time would go
 * into first requests of functions, each of which loads and compiles the same libraries. An environment still runs one
 * event at a time, and each function sees only its own variables and keeps its own state, as it is loaded at its first
 * event: `test/local/host/shared-environments.test.ts`. What such a host does not prove, and what does:
 * - A function starts and works alone, in the bundle that is deployed: `test/bundles` starts each, and the tests that ask
 *   for `asDeployed`, `npm run test:e2e` over `npm start`, and `npm run test:localstack` use them.
 * - A crash, a timeout or exhausted memory of one function leaves the others their state, and each has its own limit of
 *   memory: `test/local/host/runtime.test.ts`.
 * - An id is above all earlier ones of its function although the clock fell (`test/support/ids-by-the-clock.ts`): it is so
 *   in the bundles that are deployed.
 * - What a cold start costs and calls: `test/bundles`, `test/local`, `npm run bench`.
 */
import { randomUUID } from 'node:crypto';
import type { FunctionSpec } from '../service/functions.ts';
import type { Clock } from './clock.ts';
import { type ExecutionEnvironment, type LogLine, type Outcome, startEnvironment } from './execution-environment.ts';
import type { ThreadFunction } from './worker.ts';

export interface PoolOptions {
  /** By name. */
  readonly functions: Readonly<Record<string, ThreadFunction>>;
  readonly clock: Clock;
  /** Per function; further events wait. */
  readonly maxConcurrency: number;
  readonly onLog: (line: LogLine) => void;
}

export interface EnvironmentPool {
  run(name: string, event: string): Promise<Outcome>;
  close(): Promise<void>;
}

/** An environment that is unused for this long is ended, as on Lambda, milliseconds. */
const IDLE_LIMIT = 300_000;

/** Where functions share them: two events of one function that wait for a lock leave one environment to the others. */
const MOST_SHARED = 3;

const closed: Outcome = { ok: false, error: { errorType: 'Runtime.ExitError', errorMessage: 'the host stops' } };

interface Waiting {
  readonly name: string;
  readonly resolve: (environment: ExecutionEnvironment | undefined) => void;
}

export function createPool(specs: readonly FunctionSpec[], options: PoolOptions): EnvironmentPool {
  const { functions, clock, maxConcurrency, onLog } = options;
  const most = specs.length === 1 ? maxConcurrency : MOST_SHARED;
  const memory = Math.max(...specs.map((spec) => spec.memory));
  const timeouts = new Map(specs.map((spec) => [spec.name, spec.timeout]));
  const all = new Set<ExecutionEnvironment>();
  const idle: { environment: ExecutionEnvironment; retire: NodeJS.Timeout }[] = [];
  const running = new Map<string, number>();
  const waiting: Waiting[] = [];
  let open = true;

  /** @returns undefined when the event must wait */
  function acquire(name: string): ExecutionEnvironment | undefined {
    if (count(name) >= maxConcurrency) return undefined;
    const environment = takeIdle(name) ?? (all.size < most ? start(name) : undefined);
    if (environment) running.set(name, count(name) + 1);
    return environment;
  }

  const count = (name: string) => running.get(name) ?? 0;

  /** The most recently used comes first, so that the others can reach their idle limit. */
  function takeIdle(name: string): ExecutionEnvironment | undefined {
    for (;;) {
      const warm = idle.findLastIndex(({ environment }) => environment.knows(name));
      const [taken] = idle.splice(warm, 1);
      if (!taken) return undefined;
      clearTimeout(taken.retire);
      if (taken.environment.alive) return taken.environment;
      all.delete(taken.environment);
    }
  }

  function release(environment: ExecutionEnvironment, name: string): void {
    running.set(name, count(name) - 1);
    if (environment.alive) idle.push({ environment, retire: setTimeout(retire, IDLE_LIMIT, environment).unref() });
    else all.delete(environment);
    for (const next of [...waiting]) {
      const free = acquire(next.name);
      if (!free) continue;
      waiting.splice(waiting.indexOf(next), 1);
      next.resolve(free);
    }
  }

  function retire(environment: ExecutionEnvironment): void {
    const index = idle.findIndex((one) => one.environment === environment);
    for (const one of idle.splice(index, 1)) clearTimeout(one.retire);
    all.delete(environment);
    void environment.terminate();
  }

  function start(first: string): ExecutionEnvironment {
    const environment = startEnvironment({ data: { functions, first, clock: clock.shared }, memory, onLog });
    all.add(environment);
    return environment;
  }

  const wait = (name: string) =>
    new Promise<ExecutionEnvironment | undefined>((resolve) => waiting.push({ name, resolve }));

  return {
    async run(functionName, event) {
      const environment = open ? (acquire(functionName) ?? (await wait(functionName))) : undefined;
      if (!environment) return closed;
      const timeout = timeouts.get(functionName) ?? 0;
      const outcome = await environment.run({ functionName, requestId: randomUUID(), event, timeout });
      if (open) release(environment, functionName);
      return outcome;
    },
    async close() {
      open = false;
      for (const { retire } of idle) clearTimeout(retire);
      for (const { resolve } of waiting.splice(0)) resolve(undefined);
      await Promise.all([...all].map((environment) => environment.terminate()));
    },
  };
}
