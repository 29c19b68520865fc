/**
 * Events are written by the statement that makes the change which they announce (functions/README.md, "Decisions"): both
 * are there, or neither (S46).
 */
import type { EventData, Topic } from '../contracts/events/registry.ts';
import { type EventId, newId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { jsonObject } from './json-object.ts';

interface Aggregate {
  readonly type: 'user' | 'organization' | 'client' | 'client_session' | 'login_attempt' | 'email';
  readonly id: string;
}

/** What made it happen: a request, or an event that was consumed. */
type Cause = Pick<RequestContext, 'correlationId' | 'now'>;

/** A row of the outbox to be, as {@link announce} reads it. */
export interface NewEvent {
  readonly event_id: EventId;
  readonly topic: Topic;
  readonly aggregate_type: Aggregate['type'];
  readonly aggregate_id: string;
  /** Left out, the aggregate's next. */
  readonly sequence?: 1;
  readonly correlation_id: string;
  readonly occurred_at: string;
  readonly data: object;
}

/** An event of an aggregate that has others before and after it. */
export function newEvent<T extends Topic>(
  topic: T,
  aggregate: Aggregate,
  data: Omit<EventData<T>, 'correlation_id'>,
  { correlationId, now }: Cause,
): NewEvent {
  return {
    event_id: newId<EventId>(),
    topic,
    aggregate_type: aggregate.type,
    aggregate_id: aggregate.id,
    correlation_id: correlationId,
    occurred_at: now.toISOString(),
    data: { ...data, correlation_id: correlationId },
  };
}

/** An event that is all there is of its aggregate: a failed login, a mail. */
export function standaloneEvent<T extends Topic>(
  topic: T,
  type: 'login_attempt' | 'email',
  data: Omit<EventData<T>, 'correlation_id'>,
  cause: Cause,
): NewEvent {
  return { ...newEvent(topic, { type, id: newId() }, data, cause), sequence: 1 };
}

/**
 * The one place that writes events: the rows of `query`, which has these columns in this order. One whose id is there
 * fails with its statement (SQLState 23505): the statement's earlier try, whose answer was lost, has been committed at
 * this moment, and the statement is sent again to find what that one did (functions/aws/database-retry.ts). To leave it
 * out would keep its number of the aggregate's sequence (migrations/0015), and whatever else the statement counts.
 */
const writeEvents = (query: string) => `
  insert into event_outbox
    (event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at)
  ${query}`;

/**
 * The body of a CTE that writes the events in a parameter, a JSON array of {@link NewEvent}, once for each row of
 * `cause`: none where nothing happened.
 * @param cause what follows `from`: the CTE that made the change, or a subquery
 */
export const announce = (parameter: string, cause: string) =>
  writeEvents(`select event.*, event.occurred_at
  from
    jsonb_to_recordset(:${parameter}::jsonb) as event (
      event_id uuid, topic text, aggregate_type text, aggregate_id uuid, sequence bigint,
      correlation_id uuid, data jsonb, occurred_at timestamptz
    ),
    ${cause}`);

/** True where an event with this id is written: by this statement's earlier try, whose answer was lost. */
export const isWritten = (eventId: string) => `exists (select from event_outbox where event_id = ${eventId}::uuid)`;

/** As {@link isWritten}, of the first of the events in a parameter. */
export const areWritten = (parameter: string) => isWritten(`(:${parameter}::jsonb -> 0 ->> 'event_id')`);

/** Makes an id, where only the statement knows how many there are. */
const newRowId = 'uuidv7()';

/** The event of a row that only the statement knows. What is text here is SQL, an expression over the row. */
interface EventOfRow<T extends Topic> {
  /** Without an id it is all there is of its aggregate, and nothing else names that. */
  readonly aggregate: Pick<Aggregate, 'type'> & Partial<Aggregate>;
  /** All there is of its aggregate, as a {@link standaloneEvent} is. */
  readonly standalone?: true;
  /** Given where the statement announces one event at most; many ids are made by the database, since only it knows how many. */
  readonly eventId?: string;
  /** An expression for each field of the topic's schema; `correlation_id` is added. */
  readonly data: { readonly [Field in keyof EventData<T> as Exclude<Field, 'correlation_id'>]: string };
  /** Fields that are null are left out: the schema has them as optional. */
  readonly withoutNulls?: true;
}

/**
 * The body of a CTE that writes one event for each row of `cause`, out of that row. Needs the parameters
 * `:correlation_id` and `:now`.
 * @param cause what follows `from`; clauses may come after it
 */
export const announceEach = <T extends Topic>(topic: T, event: EventOfRow<T>, cause: string) =>
  writeEvents(`select
    ${event.eventId ?? newRowId}, '${topic}', '${event.aggregate.type}', ${event.aggregate.id ?? newRowId},
    ${event.standalone || !event.aggregate.id ? '1' : 'null::bigint'}, :correlation_id::uuid,
    ${event.withoutNulls ? 'jsonb_strip_nulls' : ''}(${jsonObject({ ...event.data, correlation_id: ':correlation_id' })}),
    :now::timestamptz, :now::timestamptz
  from ${cause}`);
