/** Writes events as a request does, and reads the outbox's rows. */
import { v4 } from 'uuid';
import { dataApi } from '../../functions/aws/data-api.ts';
import type { CorrelationId } from '../../functions/domain/ids.ts';
import type { RequestContext } from '../../functions/domain/request-context.ts';
import type { Database } from '../../functions/store/database.ts';
import { announce, type NewEvent, standaloneEvent } from '../../functions/store/outbox.ts';
import { operatorTarget } from '../../lib/operator/database.ts';
import type { Service } from './service.ts';

/** The service's database as functions reach it: through the SDK, the Data API and the application's role. */
export const databaseOf = async (service: Pick<Service, 'awsUrl' | 'database'>): Promise<Database> =>
  dataApi(await databaseTargetOf(service));

export async function databaseTargetOf({ awsUrl, database }: Pick<Service, 'awsUrl' | 'database'>) {
  process.env.AWS_ENDPOINT_URL = awsUrl;
  process.env.DATABASE_NAME = database.name;
  return operatorTarget(undefined);
}

export const contextAt = (now: Date): RequestContext => ({
  correlationId: v4() as CorrelationId,
  ipAddress: '192.0.2.1',
  userAgent: null,
  now,
});

export const someEvent = (now: Date, email = 'a@example.com'): NewEvent =>
  standaloneEvent(
    'huleedu.identity.login.failed.v1',
    'login_attempt',
    { email, reason: 'invalid_password', timestamp: now.toISOString() },
    contextAt(now),
  );

/** @returns the events' ids in their order */
export async function writeEvents(database: Database, events: readonly NewEvent[]): Promise<string[]> {
  await database.query(`with announced as (${announce('events', '(select 1) as it_happened')}) select 1`, { events });
  return events.map(({ event_id }) => event_id);
}

export interface OutboxRow {
  readonly event_id: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly dead: boolean;
  readonly published: boolean;
  readonly leased: boolean;
}

/** All rows, in the order of their ids. */
export const outboxRows = (database: Database): Promise<OutboxRow[]> =>
  database.query<OutboxRow>(`
    select
      event_id,
      attempts,
      last_error,
      dead,
      published_at is not null as published,
      lease_id is not null as leased
    from event_outbox
    order by event_id`);
