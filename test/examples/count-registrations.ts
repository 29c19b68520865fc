/**
 * An example of a consumer in another service: it counts registrations by day in its own database, each once, however
 * often and however concurrently the event is delivered. Its tables: count-registrations.sql, and migrations/0006_inbox.sql.
 */
import type { EventBridgeEvent } from 'aws-lambda';
import { dataApi } from '../../functions/aws/data-api.ts';
import { envelopeOf } from '../../functions/contracts/events/envelope-schema.ts';
import { UserRegisteredV1 } from '../../functions/contracts/events/identity.ts';
import { receive } from '../../functions/packages/inbox/index.ts';
import { log, setLogContext } from '../../functions/runtime/log.ts';

const UserRegistered = envelopeOf('huleedu.identity.user.registered.v1', UserRegisteredV1);

const database = dataApi();

type Delivered = Pick<EventBridgeEvent<string, unknown>, 'source' | 'detail'>;

/** @throws what the database or the schema does: Lambda then delivers again, and keeps what fails to the end */
export async function handler({ source, detail }: Delivered): Promise<void> {
  // As its rule has it, EventRules; here again, since a rule can be edited and anybody on the bus can name a topic.
  if (source !== 'huleedu.identity') return log('error', 'registration of another source passed over');
  const event = UserRegistered.parse(detail);
  setLogContext({ correlation_id: event.correlation_id, event_id: event.event_id });
  const counted = await database.query(
    `
    with received as (${receive('delivery')})
    insert into registrations_by_day as r (day, registrations)
    select :registered_at::timestamptz::date, 1
    from received
    on conflict (day) do update set registrations = r.registrations + 1
    returning day`,
    {
      delivery: { consumer: 'count-registrations', event_id: event.event_id },
      registered_at: event.data.registered_at,
      now: new Date(),
    },
  );
  log('info', counted.length > 0 ? 'registration counted' : 'copy passed over');
}
