/**
 * The outbox under fire: requests write events while the relay is killed again and again, EventBridge refuses a fifth
 * of the entries, and one Data API call in twenty fails, half of these after it has done its work.
 */
import { inject } from 'vitest';
import { newId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { announce } from '../../functions/store/outbox.ts';
import { createUser } from '../../functions/store/users.ts';
import { createClock } from '../../lib/local/clock.ts';
import { createRuntime, type Runtime } from '../../lib/local/runtime.ts';
import { parseSettings, settingsJson } from '../../lib/service/config.ts';
import { functions } from '../../lib/service/functions.ts';
import { until } from '../support/await-condition.ts';
import { contextAt, databaseOf, databaseTargetOf, someEvent, writeEvents } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';

export interface Ordeal {
  /** One request; the kinds there are by default. @returns how many events it meant to write */
  readonly request?: (service: Service, database: Database, rolledBack: string[]) => Promise<number>;
  /** To be written, at least. */
  readonly events: number;
  readonly kills: number;
}

export interface Ending {
  /** Ids of the events whose statement was committed: the outbox's rows. */
  readonly committed: ReadonlySet<string>;
  /** Ids of the events that were inserted by statements that failed. */
  readonly rolledBack: readonly string[];
  /** What the bus took, by event id: the envelopes as JSON, one for each time. */
  readonly arrived: ReadonlyMap<string, readonly string[]>;
  /** Entries that EventBridge refused, whether or not a relay lived to note it. */
  readonly refusals: number;
  /** Not published in the end. */
  readonly left: number;
  readonly kills: number;
}

const WRITERS = 8;

export async function relayUnderFire(
  service: Service,
  { events, kills, request = anyRequest }: Ordeal,
): Promise<Ending> {
  const database = await databaseOf(service);
  const statement = { service: 'rds-data', operation: 'ExecuteStatement', times: null } as const;
  service.endpoint.faults.order({
    ...statement,
    rate: 0.025,
    error: { code: 'InternalServerErrorException', status: 500 },
  });
  service.endpoint.faults.order({ ...statement, rate: 0.025, drop: true, after: true });
  let refusals = 0;
  service.events.failEntries(() => {
    const struck = Math.random() < 0.2;
    if (struck) refusals += 1;
    return struck;
  }, 'NotAuthorizedForSourceException');

  const rolledBack: string[] = [];
  const progress = { written: 0 };
  const writing = Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (progress.written < events) {
        const count = await request(service, database, rolledBack);
        progress.written += count;
      }
    }),
  );
  let killed = 0;
  for (const relays = await createRelays(service); killed < kills; ) {
    const relay = relays.start();
    const due = Math.min(events, ((killed + 1) * events) / (kills + 1));
    await until('the next share of the events is written', () => progress.written >= due, { within: 600_000 });
    // It has sent something; then anywhere, while it sends on, marks or claims.
    await furtherCalls(service, 'events.PutEvents', 1 + Math.floor(Math.random() * 3));
    await furtherCalls(service, 'rds-data.ExecuteStatement', Math.floor(Math.random() * 4));
    await relay.close();
    killed += 1;
    relays.leasesRunOut();
  }
  await writing;

  await drain(service);
  return { ...(await outboxOf(service)), refusals, rolledBack, arrived: arrivals(service), kills: killed };
}

/** One request of one of the kinds there are. @returns how many events it meant to write */
async function anyRequest(service: Service, database: Database, rolledBack: string[]): Promise<number> {
  const context = contextAt(new Date());
  const kind = Math.random();
  // A failure is the caller's, who would try again; whether it was before or after the commit, nobody can tell.
  const ignore = () => {};
  if (kind < 0.02) {
    const person = { email: newEmail(), password: 'correct horse battery staple', organization_name: 'Skolan' };
    await service.post('/v1/auth/register', person).catch(ignore);
    return 3;
  }
  if (kind < 0.3) {
    const user = {
      userId: newId<UserId>(),
      email: newEmail(),
      passwordHash: '',
      profile: {},
      organization: null,
      verification: { tokenId: newId<TokenId>(), expiresAt: context.now },
      claimEnd: context.now,
    };
    await createUser(database, user, [], context).catch(ignore);
    return 2;
  }
  if (kind < 0.4) {
    const event = someEvent(context.now);
    rolledBack.push(event.event_id);
    await database
      .query(
        `with announced as (${announce('events', '(select 1) as it')} returning sequence) select sequence / 0 from announced`,
        {
          events: [event],
        },
      )
      .catch(ignore);
    return 0;
  }
  const count = Math.ceil(Math.random() * 8);
  await writeEvents(
    database,
    Array.from({ length: count }, () => someEvent(context.now)),
  ).catch(ignore);
  return count;
}

/** Relays outside the service's own runtime, two at work at once, so that they can be killed by themselves. */
async function createRelays(service: Service) {
  const { clusterArn, secretArn, name } = await databaseTargetOf(service);
  const clock = createClock();
  let offset = 0;
  return {
    start(): Pick<Runtime, 'close'> {
      const runtime = createRuntime({
        functions: functions.filter(({ name }) => name === 'relay-outbox'),
        directory: inject('bundles'),
        clock,
        variables: () => ({
          SETTINGS: settingsJson(parseSettings({ stage: 'local', service: { relay: { pollSeconds: 0.1 } } }).service),
          ISSUER: service.url,
          STAGE: 'local',
          EVENT_BUS_NAME: 'identity-local',
          DATABASE_CLUSTER_ARN: clusterArn,
          DATABASE_SECRET_ARN: secretArn,
          DATABASE_NAME: name,
        }),
        endpointUrl: service.awsUrl,
        region: 'eu-north-1',
        accountId: '000000000000',
      });
      for (let relay = 0; relay < 2; relay++) void runtime.invoke('relay-outbox', {});
      return runtime;
    },
    /** Instead of waiting for it. */
    leasesRunOut() {
      offset += 31;
      clock.setOffset(offset);
    },
  };
}

/** All is well again: what waits is sent, every wait being over. */
export async function drain(service: Service): Promise<void> {
  service.endpoint.faults.clear();
  service.events.failEntries(0);
  // Further than any lease or backoff reaches.
  service.setClockOffset(30 * 24 * 3600);
  await service.runJob('relay-outbox', { drain: true });
}

/** Or until all is sent: there is then nothing more to interrupt. */
function furtherCalls(service: Service, operation: string, count: number): Promise<void> {
  const calls = () => service.endpoint.calls()[operation] ?? 0;
  const enough = calls() + count;
  const nothingLeft = async () => {
    const [row] = await service.sql(
      'select not exists (select from event_outbox where published_at is null) as nothing_left',
    );
    return row?.nothing_left;
  };
  return until(`${count} calls of ${operation}`, async () => calls() >= enough || nothingLeft(), { every: 1 });
}

async function outboxOf(service: Service) {
  const rows = await service.sql('select event_id, published_at is not null as published from event_outbox');
  return {
    committed: new Set(rows.map(({ event_id }) => event_id as string)),
    left: rows.filter(({ published }) => !published).length,
  };
}

function arrivals(service: Service): Map<string, string[]> {
  const arrived = new Map<string, string[]>();
  for (const { detail } of service.events.events()) {
    const id = String(detail.event_id);
    arrived.set(id, [...(arrived.get(id) ?? []), JSON.stringify(detail)]);
  }
  return arrived;
}
