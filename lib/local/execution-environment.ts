/** One worker thread with a bundle in it, like Lambda's execution environment. It runs one event at a time. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { transformSync } from 'esbuild';
import type { FunctionError, Invocation, WorkerData, WorkerMessage } from './worker.ts';

export type Outcome =
  /** `result` is JSON. */
  { readonly ok: true; readonly result: string } | { readonly ok: false; readonly error: FunctionError };

export interface EnvironmentOptions {
  readonly data: WorkerData;
  /** MiB. */
  readonly memory: number;
  readonly onLog: (line: LogLine) => void;
}

export interface LogLine {
  readonly function: string;
  readonly line: string;
}

export interface InvokedEvent {
  readonly functionName: string;
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface ExecutionEnvironment {
  /** Whether it can be used again: not after a timeout, a crash or an exit. */
  readonly alive: boolean;
  /** Whether an event of this function has come here. */
  knows(functionName: string): boolean;
  /** Never rejects. */
  run(invoked: InvokedEvent): Promise<Outcome>;
  terminate(): Promise<void>;
}

/**
 * Milliseconds. Lambda limits a function's start to 10 seconds. After that it starts the function again, within the
 * timeout of the first event. Here one start may take as long as both, because this machine may be busy.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const START_LIMIT = 10_000;

/** worker.ts without its types: to remove them, Node would load a compiler in each thread, half of a thread's start. */
let script: URL | undefined;
function workerScript(): URL {
  const source = readFileSync(new URL('./worker.ts', import.meta.url), 'utf8');
  const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node24' });
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** Starts the thread at once; the first event waits until the bundle is loaded. */
export function startEnvironment({ data, memory, onLog }: EnvironmentOptions): ExecutionEnvironment {
  script ??= workerScript();
  const worker = new Worker(script, {
    workerData: data,
    env: { ...data.functions[data.first]?.variables },
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: memory },
    // Only Node itself writes to these streams; a pipe keeps its text out of the host's own output.
    stdout: true,
    stderr: true,
  });
  const known = new Set([data.first]);
  let current = data.first;
  const lines = splitLines((line) => onLog({ function: current, line }));
  let dead: FunctionError | undefined;
  let answer: ((outcome: Outcome) => void) | undefined;

  const started = Promise.withResolvers<void>();
  // `run` looks at `dead`; nothing else needs this error.
  started.promise.catch(() => {});

  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'log') lines.add(message.text);
    else if (message.kind === 'ready') started.resolve();
    else if (message.kind === 'unready') end(message.error);
    else if (message.kind === 'result') settle({ ok: true, result: message.result });
    else settle({ ok: false, error: message.error });
  });
  for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', lines.add);
  worker.on('error', (error: NodeJS.ErrnoException) => end(crash(error)));
  worker.on('exit', (code) => end({ errorType: 'Runtime.ExitError', errorMessage: `exit status ${code}` }));

  function settle(outcome: Outcome): void {
    lines.flush();
    answer?.(outcome);
    answer = undefined;
  }

  function end(error: FunctionError): void {
    if (dead) return;
    dead = error;
    started.resolve();
    settle({ ok: false, error });
    void worker.terminate();
  }

  async function run({ functionName, requestId, event, timeout }: InvokedEvent): Promise<Outcome> {
    const startLimit = START_LIMIT + timeout * 1000;
    const coldStart = setTimeout(() => end(timedOut(requestId, timeout)), startLimit);
    await started.promise.finally(() => clearTimeout(coldStart));
    if (dead) return { ok: false, error: dead };

    known.add(functionName);
    current = functionName;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    answer = resolve;
    const timer = setTimeout(() => end(timedOut(requestId, timeout)), timeout * 1000);
    const invocation: Invocation = { functionName, requestId, event, deadline: Date.now() + timeout * 1000 };
    worker.postMessage(invocation);
    return promise.finally(() => clearTimeout(timer));
  }

  return {
    get alive() {
      return dead === undefined;
    },
    knows: (functionName) => known.has(functionName),
    run,
    async terminate() {
      end({ errorType: 'Runtime.ExitError', errorMessage: 'the host stops' });
      await worker.terminate();
    },
  };
}

const timedOut = (requestId: string, seconds: number): FunctionError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
});

function crash(error: NodeJS.ErrnoException): FunctionError {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { errorType: 'Runtime.OutOfMemory', errorMessage: 'Runtime exited with error: signal: killed' }
    : { errorType: error.name, errorMessage: error.message };
}

/** Takes chunks of text and passes on whole lines. */
function splitLines(onLine: (line: string) => void) {
  let rest = '';
  return {
    add(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
    },
    flush(): void {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
