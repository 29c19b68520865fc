/** From the outbox to the bus, and from the bus to the consumers. */

import type { Database } from '../../../functions/store/database.ts';
import {
  type DeadLetter,
  deadLetters,
  type OutboxStatus,
  outboxStatus,
} from '../../../functions/store/dead-letters.ts';
import { nameOnAws } from '../../aws/names.ts';
import { functions } from '../../service/functions.ts';
import { functionsOf, isUnattended } from '../../service/present.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import { type Figures, none, readFigures } from './figures.ts';
import type { Look } from './look.ts';
import { count, HOUR, listed, MINUTE, span } from './words.ts';

const readOutbox = (look: Look) => look.sql((database) => outboxStatus(database, look.now));

export function judgeLag({ waiting, retrying, lag }: OutboxStatus, { settings, command }: Judged): Verdict {
  if (waiting === 0 || lag === null) return ok('The outbox is empty: every event was sent');
  const seen = `${count(waiting, 'event')} waiting, the oldest for ${span(lag * 1000)}, ${retrying} refused before`;
  const means = 'Other services and mails learn late of what happens. Nothing is lost.';
  const mend = `${command('outbox -- status')}; ${readme('Alarms')}, relay-lag`;
  if (lag >= 300) return fault(seen, means, mend);
  // Where requests wake the relay, it takes the way through CloudWatch Logs.
  return lag >= (settings.service.relay.wokenBy === 'schedule' ? 60 : 120) ? warning(seen, means, mend) : ok(seen);
}

const oldestDead = (database: Database) => deadLetters(database, 3);

const readDead = async (look: Look) => ({ ...(await look.once(readOutbox)), oldest: await look.sql(oldestDead) });

export function judgeDead(found: { dead: number; oldest: readonly DeadLetter[] }, { command }: Judged): Verdict {
  if (found.dead === 0) return ok('No event is a dead letter');
  const kinds = [...new Set(found.oldest.map(({ topic, last_error }) => `${topic}: ${last_error}`))];
  return fault(
    `${count(found.dead, 'event')} the bus refused for good: ${listed(kinds, 1)}`,
    'Other services never learn of these, until they are sent again.',
    `${command('outbox -- dead')}, mend the cause, then ${command('outbox -- redrive --all')}`,
  );
}

export function judgeRuns(figures: Figures, { settings, now, command }: Judged): Verdict {
  const runs = figures.get('runs relay-outbox');
  if (!runs) return none('the relay');
  const age = now.getTime() - runs.latestAt.getTime();
  const most = settings.service.relay.wokenBy === 'schedule' ? 15 * MINUTE : 7 * HOUR;
  const seen = `The relay ran ${runs.sum} times in a day, the last time ${span(age)} ago`;
  if (age <= most) return ok(seen);
  return fault(
    seen,
    'No event leaves. Nothing is lost: they wait in the outbox.',
    `${readme('Alarms')}, relay-silent; ${command('outbox -- status')}`,
  );
}

export function judgeJobs(figures: Figures, { settings }: Judged): Verdict {
  const jobs = functionsOf(settings)
    .filter(isUnattended)
    .map(({ name }) => name);
  const ran = jobs.filter((name) => figures.has(`runs ${name}`));
  if (ran.length === 0) return none('jobs and consumers');
  const failed = (name: string) => figures.get(`errors ${name}`)?.sum ?? 0;
  const [worst, ...others] = ran.filter((name) => failed(name) > 0).sort((one, other) => failed(other) - failed(one));
  if (!worst)
    return ok(`Jobs and consumers that ran within a day, none of which failed: ${ran.length} of ${jobs.length}`);
  return warning(
    `Failed runs within a day: ${listed(
      [worst, ...others].map((name) => `${name} ${failed(name)}`),
      5,
    )}`,
    'Each is tried again; what fails to the end is among the dead letters.',
    `aws logs tail /aws/lambda/${nameOnAws(settings.stage, worst)} --since 1d --filter-pattern '{ $.level = "error" }'`,
  );
}

export interface Schedule {
  readonly State: string;
  readonly Target?: { readonly Arn?: string };
}

/** Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html */
const readSchedules = ({ pages }: Look) =>
  pages<Schedule>('scheduler:ListSchedules', {}, { list: 'Schedules', token: ['NextToken', 'NextToken'] });

export function judgeSchedules(schedules: readonly Schedule[], { settings, command }: Judged): Verdict {
  const wanted = functionsOf(settings).filter(({ triggers }) => triggers.some(({ kind }) => kind === 'schedule'));
  const bad = wanted.flatMap(({ name }) => {
    const own = schedules.filter(({ Target }) => Target?.Arn?.endsWith(`:function:${nameOnAws(settings.stage, name)}`));
    if (own.length === 0) return [`${name} has none`];
    return own.every(({ State }) => State === 'ENABLED') ? [] : [`that of ${name} is off`];
  });
  if (bad.length === 0) return ok(`The schedules of ${count(wanted.length, 'job')} are on`);
  return fault(
    `Schedules: ${listed(bad)}`,
    'The relay sends events, the sweep makes partitions, the rotation keeps keys young: it does not run.',
    `aws scheduler list-schedules, then ${command('deploy')}`,
  );
}

export interface Source {
  readonly name: string;
  readonly mappings: readonly { readonly State: string; readonly EventSourceArn: string }[];
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html */
export const readSources = ({ pages, settings }: Look): Promise<Source[]> =>
  Promise.all(
    functions
      .filter(({ triggers }) => triggers.some((trigger) => trigger.kind === 'events' && trigger.queue))
      .map(async ({ name }) => {
        const values = { FunctionName: nameOnAws(settings.stage, name) };
        const page = { list: 'EventSourceMappings', token: ['NextMarker', 'Marker'] } as const;
        return {
          name,
          mappings: await pages<Source['mappings'][number]>('lambda:ListEventSourceMappings', values, page),
        };
      }),
  );

export function judgeSources(sources: readonly Source[], { command }: Judged): Verdict {
  const off = sources.filter(({ mappings }) => !mappings.some(({ State }) => /^Enabl/.test(State)));
  if (off.length === 0) return ok(`The queues of ${listed(sources.map(({ name }) => name))} are worked off`);
  return fault(
    `Not worked off: the queue of ${listed(off.map(({ name }) => name))}`,
    'Mails wait, at most 14 days.',
    `aws lambda list-event-source-mappings and update-event-source-mapping --enabled, or ${command('deploy')}`,
  );
}

export const eventChecks: readonly Check[] = [
  check('outbox', 'whether events wait', readOutbox, judgeLag),
  check('dead-events', 'whether the bus refused events', readDead, judgeDead),
  check('relay', 'when the relay ran', readFigures, judgeRuns),
  check('schedules', 'whether the schedules are on', readSchedules, judgeSchedules),
  check('event-sources', 'whether queues are worked off', readSources, judgeSources),
  check('failed-runs', 'whether jobs and consumers fail', readFigures, judgeJobs),
];
