/**
 * An example of a consumer in another service. It counts registrations by day in its own database, each once, however
 * often and however concurrently the event is delivered. Its tables: count-registrations.sql and
 * migrations/0006_inbox.sql.
 */
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Envelope } from '@huleedu/identity/events';
import { receive } from '@huleedu/identity/inbox';
import type { EventBridgeEvent } from 'aws-lambda';

type Topic = 'huleedu.identity.user.registered.v1';
type Delivered = Pick<EventBridgeEvent<Topic, Envelope<Topic>>, 'source' | 'detail'>;

const database = new RDSDataClient();
const target = {
  resourceArn: process.env.DATABASE_CLUSTER_ARN,
  secretArn: process.env.DATABASE_SECRET_ARN,
  database: process.env.DATABASE_NAME,
};

/** @throws the database's errors, also for a field of the wrong type: Lambda retries, and keeps the event in the end */
export async function handler({ source, detail }: Delivered): Promise<void> {
  const { event_id, correlation_id, data } = detail;
  const log = (level: string, message: string) =>
    console.log(
      JSON.stringify({ level, message, function: process.env.AWS_LAMBDA_FUNCTION_NAME, event_id, correlation_id }),
    );
  // The rule (EventRules) matches the source, too. It is checked again here, since a rule can be edited and anybody on
  // the bus can name a topic.
  if (source !== 'huleedu.identity') return log('error', 'registration of another source ignored');
  const { records = [] } = await database.send(
    new ExecuteStatementCommand({
      ...target,
      sql: `
        with received as (${receive('delivery')})
        insert into registrations_by_day as r (day, registrations)
        select :registered_at::timestamptz::date, 1
        from received
        on conflict (day) do update set registrations = r.registrations + 1
        returning registrations`,
      parameters: Object.entries({
        delivery: JSON.stringify({ consumer: 'count-registrations', event_id }),
        registered_at: data.registered_at,
        now: new Date().toISOString(),
      }).map(([name, stringValue]) => ({ name, value: { stringValue } })),
    }),
  );
  log('info', records.length > 0 ? 'registration counted' : 'copy ignored');
}
