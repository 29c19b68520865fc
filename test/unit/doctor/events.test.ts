import { describe, it } from 'vitest';
import {
  judgeDead,
  judgeJobs,
  judgeLag,
  judgeRuns,
  judgeSchedules,
  judgeSources,
} from '../../../lib/operator/doctor/events.ts';
import type { Figure, Figures } from '../../../lib/operator/doctor/figures.ts';
import { judgeBacklog, judgeDeadLetters } from '../../../lib/operator/doctor/queues.ts';
import { ago, expectVerdict, judged } from './judging.ts';

const prod = judged();
const dev = judged({ service: { relay: { wokenBy: 'requests' } } });
const figures = (values: Record<string, Partial<Figure>>): Figures =>
  new Map(
    Object.entries(values).map(([name, figure]) => [name, { sum: 0, most: 0, latest: 0, latestAt: ago(0), ...figure }]),
  );
const minutes = (count: number) => ago(count / 1440);

describe('the outbox', () => {
  it('is empty, or is late', () => {
    const status = { waiting: 3, retrying: 1, dead: 0, lag: 2 };
    expectVerdict(judgeLag({ ...status, waiting: 0, lag: null }, prod), 'ok', /empty/);
    expectVerdict(judgeLag(status, prod), 'ok', /3 events waiting, the oldest for 2 s, 1 refused before/);
    expectVerdict(judgeLag({ ...status, lag: 90 }, prod), 'warning');
    expectVerdict(judgeLag({ ...status, lag: 90 }, dev), 'ok');
    expectVerdict(judgeLag({ ...status, lag: 301 }, dev), 'fault');
  });

  it('has no dead letter', () => {
    const letter = { topic: 'huleedu.identity.user.registered.v1', last_error: 'InvalidArgument' } as never;
    expectVerdict(judgeDead({ dead: 0, oldest: [] }, prod), 'ok');
    expectVerdict(
      judgeDead({ dead: 2, oldest: [letter, letter] }, prod),
      'fault',
      /2 events .*registered\.v1: InvalidArgument$/,
    );
  });

  it('has a relay that runs', () => {
    const ran = (before: number) => figures({ 'runs relay-outbox': { sum: 480, latestAt: minutes(before) } });
    expectVerdict(judgeRuns(ran(5), prod), 'ok', /480 times in a day, the last time 5 min ago/);
    expectVerdict(judgeRuns(ran(20), prod), 'fault');
    expectVerdict(judgeRuns(ran(300), dev), 'ok');
    expectVerdict(judgeRuns(ran(500), dev), 'fault');
    expectVerdict(judgeRuns(new Map(), prod), 'unknown');
  });
});

describe('jobs and consumers', () => {
  const target = (name: string, State = 'ENABLED') => ({
    State,
    Target: { Arn: `arn:aws:lambda:r:1:function:identity-prod-${name}` },
  });
  const all = ['relay-outbox', 'sweep', 'rotate-signing-key'];

  it('are scheduled', () => {
    expectVerdict(
      judgeSchedules(
        all.map((name) => target(name)),
        prod,
      ),
      'ok',
      /3 jobs/,
    );
    expectVerdict(
      judgeSchedules(
        all.map((name) => target(name, name === 'sweep' ? 'DISABLED' : 'ENABLED')),
        prod,
      ),
      'fault',
      /that of sweep is off/,
    );
    expectVerdict(
      judgeSchedules([target('sweep'), target('eu-relay-outbox')], prod),
      'fault',
      /rotate-signing-key has none, relay-outbox has none/,
    );
  });

  it('have their queues worked off', () => {
    const source = (State: string) => [{ name: 'send-email', mappings: [{ State, EventSourceArn: 'arn:q' }] }];
    for (const state of ['Enabled', 'Enabling']) expectVerdict(judgeSources(source(state), prod), 'ok');
    expectVerdict(judgeSources(source('Disabled'), prod), 'fault', /send-email/);
    expectVerdict(judgeSources([{ name: 'send-email', mappings: [] }], prod), 'fault');
  });

  it('do not fail', () => {
    const runs = { 'runs sweep': { sum: 24 }, 'runs send-email': { sum: 9 } };
    expectVerdict(judgeJobs(figures(runs), prod), 'ok', /2 of 6$/);
    expectVerdict(
      judgeJobs(figures({ ...runs, 'errors sweep': { sum: 1 }, 'errors send-email': { sum: 4 } }), prod),
      'warning',
      /: send-email 4, sweep 1$/,
    );
    expectVerdict(judgeJobs(new Map(), prod), 'unknown');
  });

  it('leave no dead letters, and no backlog', () => {
    const queue = (depth: number, inFlight = 0) => [{ name: 'send-email', depth, inFlight }];
    expectVerdict(judgeDeadLetters(queue(0), prod), 'ok');
    expectVerdict(judgeDeadLetters(queue(2), prod), 'fault', /send-email 2/);
    expectVerdict(judgeDeadLetters(queue(0, 1), prod), 'fault', /send-email 1/);
    expectVerdict(judgeBacklog(queue(14)), 'ok');
    expectVerdict(judgeBacklog(queue(5000)), 'warning');
  });
});
