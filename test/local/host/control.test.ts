import { beforeEach, describe, expect, it } from 'vitest';
import { type Clock, createClock } from '../../../lib/local/clock.ts';
import { createControl } from '../../../lib/local/control.ts';
import type { InvokeResult } from '../../../lib/local/runtime.ts';

let clock: Clock;
let ready: boolean;
let ran: unknown[];

beforeEach(() => {
  clock = createClock();
  ready = true;
  ran = [];
});

const jobs: Record<string, InvokeResult> = {
  tidy: { ok: true, result: { tidied: 3 } },
  idle: { ok: true, result: null },
  broken: { ok: false, error: { errorType: 'Error', errorMessage: 'as asked' } },
};

const control = () =>
  createControl({
    events: { events: () => [] },
    ses: { messages: () => [] },
    clock,
    isReady: () => ready,
    runJob(name, event) {
      if (!jobs[name]) return undefined;
      ran.push(event);
      return Promise.resolve(jobs[name]);
    },
  });

async function ask(method: string, path: string, body = '') {
  const answer = await control()({ method, path, query: new URLSearchParams(), body: Buffer.from(body) });
  return answer && [answer.status, JSON.parse(String(answer.body))];
}

describe('the control routes', () => {
  it('report whether the host serves yet', async () => {
    expect(await ask('GET', '/_local/health')).toEqual([200, { status: 'ok' }]);
    ready = false;
    expect(await ask('GET', '/_local/health')).toEqual([503, { status: 'starting' }]);
  });

  it('show events and mails', async () => {
    expect(await ask('GET', '/_local/events')).toEqual([200, { events: [] }]);
    expect(await ask('GET', '/_aws/ses')).toEqual([200, { messages: [] }]);
  });

  it('show the mails as a page that runs, loads and sends nothing, whatever the mails hold (S62)', async () => {
    const answer = await control()({
      method: 'GET',
      path: '/_local/mailbox',
      query: new URLSearchParams(),
      body: Buffer.of(),
    });
    const policy = String(answer?.headers?.['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('script-src');
  });

  it('run a job with the given event, and answer with its result or its error', async () => {
    expect(await ask('POST', '/_local/run/tidy')).toEqual([200, { tidied: 3 }]);
    expect(await ask('POST', '/_local/run/idle', '{"deep":true}')).toEqual([200, null]);
    expect(await ask('POST', '/_local/run/broken')).toEqual([500, { errorType: 'Error', errorMessage: 'as asked' }]);
    expect(ran).toEqual([undefined, { deep: true }, undefined]);
  });

  it('know no other job, method or path', async () => {
    expect(await ask('POST', '/_local/run/nothing')).toEqual([404, { message: 'There is no job nothing' }]);
    expect(await ask('GET', '/_local/run/tidy')).toBeUndefined();
    expect(await ask('POST', '/_local/other')).toBeUndefined();
  });

  it('move the clock, and reset it', async () => {
    const [status, body] = (await ask('POST', '/_local/clock', '{"offset_seconds": 86400}')) ?? [];
    expect([status, body.offset_seconds]).toEqual([200, 86_400]);
    expect(clock.now().getTime() - Date.now()).toBeGreaterThan(80_000_000);
    await ask('POST', '/_local/clock', '{"offset_seconds": 0}');
    expect(clock.now().getTime() - Date.now()).toBeLessThan(1_000);
  });

  it.each(['', '{}', '{"offset_seconds":"1"}', '{"offset_seconds":1e300}', 'no JSON'])(
    'refuse to move the clock by %j',
    async (body) => {
      expect(await ask('POST', '/_local/clock', body)).toEqual([400, { message: 'Give {"offset_seconds": a number}' }]);
    },
  );
});
