/**
 * Runs inside a worker thread: loads a bundle and runs its handler, one event at a time, as Lambda's runtime does. It
 * only imports Node's own modules, so that a cold start is the cost of the bundle alone.
 *
 * A thread has one function. In tests it may have several (environment-pool.ts): each is loaded at its first event, and
 * sees its own variables, because they are put into place before each event.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

export interface WorkerData {
  /** By name, the functions whose events come here. */
  readonly functions: Readonly<Record<string, ThreadFunction>>;
  /** The one that is loaded at once; the thread was started with its variables. */
  readonly first: string;
  /** The clock's offset in milliseconds, one double. */
  readonly clock: SharedArrayBuffer;
}

export interface ThreadFunction {
  /** The bundle: its index.mjs. */
  readonly file: string;
  /** Every variable that the function sees. */
  readonly variables: Readonly<Record<string, string>>;
  readonly context: {
    readonly functionName: string;
    readonly functionVersion: string;
    readonly memoryLimitInMB: string;
    readonly invokedFunctionArn: string;
    readonly logGroupName: string;
    readonly logStreamName: string;
  };
}

export interface Invocation {
  readonly functionName: string;
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  /** Real time, milliseconds since 1970. */
  readonly deadline: number;
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

export type WorkerMessage =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'ready' }
  /** The bundle could not be loaded. */
  | { readonly kind: 'unready'; readonly error: FunctionError }
  /** The handler's result, JSON. */
  | { readonly kind: 'result'; readonly result: string }
  | { readonly kind: 'failure'; readonly error: FunctionError };

type Handler = (event: unknown, context: object) => unknown;

const { functions, first, clock } = workerData as WorkerData;
const handlers = new Map<string, Handler>();
const realNow = Date.now;
/** The function whose variables are in place. */
let current = first;

leaveOutFetch();
captureOutput();
moveDates(new Float64Array(clock));
if (await load(first)) {
  parentPort?.on('message', start);
  send({ kind: 'ready' });
}

async function start(invocation: Invocation): Promise<void> {
  const { functionName } = invocation;
  if (functionName !== current) process.env = { ...functions[functionName]?.variables };
  current = functionName;
  const handler = handlers.get(functionName) ?? (await load(functionName));
  if (handler) await run(handler, invocation);
}

/** @returns undefined if it cannot be loaded, which is reported */
async function load(name: string): Promise<Handler | undefined> {
  const { file = '' } = functions[name] ?? {};
  try {
    const { handler } = (await import(pathToFileURL(file).href)) as { handler?: Handler };
    if (typeof handler !== 'function') throw new Error(`${file} exports no handler`);
    handlers.set(name, handler);
    return handler;
  } catch (error) {
    send({ kind: 'unready', error: report(error) });
    return undefined;
  }
}

async function run(handler: Handler, { functionName, requestId, event, deadline }: Invocation): Promise<void> {
  const getRemainingTimeInMillis = () => Math.max(0, deadline - realNow());
  try {
    const result = await handler(JSON.parse(event), {
      ...functions[functionName]?.context,
      awsRequestId: requestId,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis,
    });
    send({ kind: 'result', result: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    console.error(error);
    send({ kind: 'failure', error: report(error) });
  }
}

function report(error: unknown): FunctionError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };
}

function send(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** Sends output through the same port as the results, so that a request's lines arrive before its answer. */
function captureOutput(): void {
  const write = (text: string | Uint8Array, ...rest: unknown[]): true => {
    send({ kind: 'log', text: typeof text === 'string' ? text : new TextDecoder().decode(text) });
    const written = rest.find((argument) => typeof argument === 'function');
    if (written) queueMicrotask(written as () => void);
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
}

/** Every new Date and Date.now() in this thread uses the host's clock, so that bundles run unchanged. */
function moveDates(offset: Float64Array): void {
  const movedNow = () => realNow() + (offset[0] ?? 0);
  const MovedDate = new Proxy(Date, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [movedNow()] : given, newTarget),
    apply: () => new Date(movedNow()).toString(),
    get: (target, property, receiver) => (property === 'now' ? movedNow : Reflect.get(target, property, receiver)),
  });
  Date.prototype.constructor = MovedDate;
  globalThis.Date = MovedDate;
}

/**
 * On AWS the SDK imports node:https, here node:http; and an import reads each of its exports, of which these load the whole
 * of fetch: more than half of a thread's start, for what no bundle takes from there.
 */
function leaveOutFetch(): void {
  const http: Partial<typeof import('node:http')> = process.getBuiltinModule('node:http');
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'] as const) delete http[name];
}
