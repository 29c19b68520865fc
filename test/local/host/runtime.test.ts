import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../../lib/local/clock.ts';
import { createRuntime, type LogLine, type Runtime } from '../../../lib/local/runtime.ts';
import { type FunctionFiles, functionSpec, writeFunctions } from '../../support/function-files.ts';

const sources = {
  echo: `export const handler = async (event, context) => ({ event, context, remaining: context.getRemainingTimeInMillis() })`,
  environment: `export const handler = async () => process.env`,
  time: `export const handler = async () => [Date.now(), new Date().getTime(), new Date(0).getTime(), new Date() instanceof Date]`,
  counter: `let count = 0; export const handler = async () => ++count`,
  // Counts events under way in its own thread, and tells threads apart.
  meeting: `
    import { threadId } from 'node:worker_threads';
    let inside = 0;
    export const handler = async () => {
      inside += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { threadId, inside: inside-- };
    }`,
  unruly: `export const handler = async ({ deed }) => {
    if (deed === 'throw') throw new TypeError('as asked');
    if (deed === 'exit') process.exit(3);
    if (deed === 'reject') { Promise.reject(new Error('nobody listens')); await new Promise(() => {}); }
    if (deed === 'hoard') { const hoard = []; for (;;) hoard.push(new Array(1e5).fill({})); }
    if (deed === 'talk') { console.log('one\\ntwo'); process.stderr.write('three'); }
    if (deed === 'much') return 'x'.repeat(7 * 1024 * 1024);
    return 'well';
  }`,
  endless: `export const handler = async ({ deed }) => { if (deed === 'loop') for (;;); return 'well'; }`,
  broken: `throw new Error('cannot start')`,
  silent: `export const other = 1`,
};

/** A time limit only if the test reaches it. */
const limits: Readonly<Record<string, { timeout: number; memory?: number }>> = {
  endless: { timeout: 1 },
  unruly: { timeout: 100, memory: 64 },
};

let files: FunctionFiles;
let runtime: Runtime;
let clock: Clock;
const logs: LogLine[] = [];

beforeAll(() => {
  files = writeFunctions(sources);
  clock = createClock();
  runtime = createRuntime({
    functions: Object.keys(sources).map((name) => functionSpec(name, limits[name] ?? {})),
    directory: files.directory,
    clock,
    variables: ({ name }) => ({ OWN: `of ${name}` }),
    endpointUrl: 'http://127.0.0.1:1',
    region: 'eu-north-1',
    accountId: '000000000000',
    maxConcurrency: 2,
    onLog: (line) => logs.push(line),
  });
});

afterAll(async () => {
  await runtime.close();
  files.remove();
});

async function result(name: string, event: unknown = {}): Promise<unknown> {
  const outcome = await runtime.invoke(name, event);
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return outcome.result;
}

describe('a function', () => {
  it('gets the event and a context as on Lambda', async () => {
    expect(await result('echo', { a: [1, null] })).toMatchObject({
      event: { a: [1, null] },
      context: {
        functionName: 'echo',
        functionVersion: '$LATEST',
        memoryLimitInMB: '256',
        invokedFunctionArn: 'arn:aws:lambda:eu-north-1:000000000000:function:echo',
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      remaining: expect.toSatisfy((remaining: number) => remaining > 0 && remaining <= 10_000),
    });
  });

  it("sees its own variables and Lambda's, and none of the host's", async () => {
    const variables = (await result('environment')) as Record<string, string>;
    expect(variables).toMatchObject({
      OWN: 'of environment',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-north-1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      TZ: 'UTC',
    });
    expect(Object.keys(variables).filter((name) => /^(npm_|VITEST|HOME|NODE)/.test(name))).toEqual([]);
  });

  it('uses the clock of the host, warm or cold', async () => {
    const day = 86_400_000;
    await result('time');
    clock.setOffset(86_400);
    const [now, date, epoch, isDate] = (await result('time')) as [number, number, number, boolean];
    clock.setOffset(0);
    expect(now - Date.now()).toBeGreaterThan(day / 2);
    expect(Math.abs(date - now)).toBeLessThan(day / 2);
    expect([epoch, isDate]).toEqual([0, true]);
  });

  it('keeps its state between events, as a warm Lambda does', async () => {
    expect([await result('counter'), await result('counter')]).toEqual([1, 2]);
  });

  it('runs one event at a time in a thread, in as many threads as allowed; the rest wait', async () => {
    const met = await Promise.all(Array.from({ length: 8 }, () => result('meeting')));
    expect(met.map((one) => (one as { inside: number }).inside)).toEqual(Array(8).fill(1));
    expect(new Set(met.map((one) => (one as { threadId: number }).threadId)).size).toBe(2);
  });

  it('has its lines logged before its answer arrives, also a last one without a line end', async () => {
    logs.length = 0;
    await result('unruly', { deed: 'talk' });
    expect(logs).toEqual(['one', 'two', 'three'].map((line) => ({ function: 'unruly', line })));
  });
});

describe('a fault in a function', () => {
  const failures = [
    { deed: 'throw', errorType: 'TypeError', message: /^as asked$/ },
    { deed: 'exit', errorType: 'Runtime.ExitError', message: /exit status 3/ },
    { name: 'endless', deed: 'loop', errorType: 'Sandbox.Timedout', message: /Task timed out after 1\.00 seconds/ },
    { deed: 'reject', errorType: 'Error', message: /nobody listens/ },
    { deed: 'hoard', errorType: 'Runtime.OutOfMemory', message: /killed/ },
    { deed: 'much', errorType: 'Function.ResponseSizeTooLarge', message: /6291556 bytes/ },
  ];
  it.each(failures)('is answered as Lambda answers it, and ends with the request: $deed', async (failure) => {
    const { name = 'unruly', deed, errorType, message } = failure;
    const [failed, other] = await Promise.all([runtime.invoke(name, { deed }), runtime.invoke('echo', 1)]);
    expect(failed).toEqual({ ok: false, error: { errorType, errorMessage: expect.stringMatching(message) } });
    expect(other.ok).toBe(true);
    expect(await result(name)).toBe('well');
  });

  it('does not leave later requests waiting', async () => {
    const outcomes = await Promise.all(
      ['exit', 'exit', 'none', 'none'].map((deed) => runtime.invoke('unruly', { deed })),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, false, true, true]);
  });

  it('is returned by the call when the bundle does not start', async () => {
    expect(await runtime.invoke('broken', {})).toMatchObject({ ok: false, error: { errorMessage: 'cannot start' } });
    expect(await runtime.invoke('silent', {})).toMatchObject({
      ok: false,
      error: { errorMessage: expect.stringContaining('exports no handler') },
    });
  });

  it('is a request larger than Lambda takes, which does not run', async () => {
    const outcome = await runtime.invoke('echo', 'x'.repeat(7 * 1024 * 1024));
    expect(outcome).toMatchObject({ ok: false, error: { errorType: 'RequestEntityTooLargeException' } });
  });

  it('is a name that no function has', async () => {
    await expect(runtime.invoke('nobody', {})).rejects.toThrow('There is no function nobody');
  });
});

it('answers requests that still wait when it closes', async () => {
  const closing = createRuntime({
    functions: [functionSpec('endless', { timeout: 60 })],
    directory: files.directory,
    clock,
    variables: () => ({}),
    endpointUrl: 'http://127.0.0.1:1',
    region: 'eu-north-1',
    accountId: '000000000000',
    maxConcurrency: 1,
  });
  const running = [closing.invoke('endless', { deed: 'loop' }), closing.invoke('endless', {})];
  await closing.close();
  expect((await Promise.all(running)).map(({ ok }) => ok)).toEqual([false, false]);
});
