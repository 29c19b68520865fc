/** Execution environments that the functions of a test's host share: what stays as if each function had its own. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createClock } from '../../../lib/local/clock.ts';
import { createRuntime, type LogLine, type Runtime } from '../../../lib/local/runtime.ts';
import { type FunctionFiles, functionSpec, writeFunctions } from '../../support/function-files.ts';

/** Reads its variables at its start and at each event; what it holds is its own. */
const observing = `
  import { threadId } from 'node:worker_threads';
  const atStart = process.env.OWN;
  let count = 0;
  export const handler = async (event, { functionName }) => {
    count += 1;
    console.log('at work');
    await new Promise((resolve) => setTimeout(resolve, event.milliseconds ?? 0));
    if (event.last) console.log(event.last);
    return { threadId, atStart, now: process.env.OWN, others: Object.keys(process.env).filter((name) => name.startsWith('ONLY_')), functionName, count };
  };`;

const sources = {
  one: observing,
  two: observing,
  unruly: `export const handler = async () => process.exit(3)`,
  endless: 'export const handler = async () => { for (;;); }',
  broken: `throw new Error('cannot start')`,
};

let files: FunctionFiles;
let runtime: Runtime;
const logs: LogLine[] = [];

beforeAll(() => {
  files = writeFunctions(sources);
});
afterAll(() => files.remove());

beforeEach(() => {
  logs.length = 0;
  runtime = createRuntime({
    functions: Object.keys(sources).map((name) => functionSpec(name, name === 'endless' ? { timeout: 1 } : {})),
    directory: files.directory,
    clock: createClock(),
    variables: ({ name }) => ({ OWN: `of ${name}`, [`ONLY_${name}`]: 'set' }),
    endpointUrl: 'http://127.0.0.1:1',
    region: 'eu-north-1',
    accountId: '000000000000',
    maxConcurrency: 2,
    sharedEnvironments: true,
    onLog: (line) => logs.push(line),
  });
  return () => runtime.close();
});

interface Observed {
  readonly threadId: number;
  readonly count: number;
}

async function result(name: string, event: unknown = {}): Promise<Observed> {
  const outcome = await runtime.invoke(name, event);
  if (!outcome.ok) throw new Error(outcome.error.errorMessage);
  return outcome.result as Observed;
}

it('run one thread for functions that run one after the other, each with its own variables, state and lines', async () => {
  const observed = [await result('one'), await result('two'), await result('one')];
  expect(new Set(observed.map(({ threadId }) => threadId)).size).toBe(1);
  expect(observed).toMatchObject(
    [
      ['one', 1],
      ['two', 1],
      ['one', 2],
    ].map(([name, count]) => ({
      atStart: `of ${name}`,
      now: `of ${name}`,
      others: [`ONLY_${name}`],
      functionName: name,
      count,
    })),
  );
  expect(logs).toEqual(['one', 'two', 'one'].map((name) => ({ function: name, line: 'at work' })));
});

it('run one event at a time, at most as many of a function as allowed, and others beside them', async () => {
  const events = [...Array(5).fill('one'), 'two'].map((name) => result(name, { milliseconds: 50 }));
  const observed = await Promise.all(events);
  const threads = observed.map(({ threadId }) => threadId);
  expect(new Set(threads.slice(0, 5)).size).toBe(2);
  expect(threads.slice(0, 5)).not.toContain(threads[5]);
});

it('prefer the thread that has run the function before', async () => {
  const [one, two] = await Promise.all([result('one', { milliseconds: 50 }), result('two', { milliseconds: 50 })]);
  for (let event = 0; event < 2; event++) {
    expect((await result('one')).threadId).toBe(one.threadId);
    expect((await result('two')).threadId).toBe(two.threadId);
  }
});

it.each([
  ['unruly', 'Runtime.ExitError', 'exit status 3'],
  ['endless', 'Sandbox.Timedout', 'Task timed out after 1.00 seconds'],
  ['broken', 'Error', 'cannot start'],
])(
  'end with a function that fails, which gets the answer of its own, and are replaced: %s',
  async (name, errorType, message) => {
    const before = await result('one');
    expect(await runtime.invoke(name, {})).toEqual({
      ok: false,
      error: { errorType, errorMessage: expect.stringContaining(message) },
    });
    const after = await result('one');
    expect(after.threadId).not.toBe(before.threadId);
    expect(after.count).toBe(1);
  },
);

it('are settled when no event runs or waits', async () => {
  const events = Array.from({ length: 3 }, () => result('one', { milliseconds: 50, last: 'done' }));
  await runtime.settled();
  expect(logs.filter(({ line }) => line === 'done')).toHaveLength(3);
  await Promise.all(events);
});
