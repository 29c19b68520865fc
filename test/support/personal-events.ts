/** Compares the schemas of events, and the events after a deletion, with the declaration of personal data (S72). */
import { v4, v7 } from 'uuid';
import * as z from 'zod/mini';
import { type EventContract, events } from '../../functions/contracts/events/registry.ts';
import { type Erased, otherEventFields, personalEventFields } from '../../functions/store/personal-event-fields.ts';
import type { Person } from './people.ts';
import type { Service } from './service.ts';

type Contracts = Readonly<Record<string, Pick<EventContract, 'schema'>>>;
type PersonalFields = Readonly<Record<string, Erased>>;
type Data = Readonly<Record<string, unknown>>;

const DECLARATION = 'functions/store/personal-event-fields.ts';

/** Fields that events have and the declaration lacks, and the reverse. */
export function undeclaredFields(contracts: Contracts = events, personal: PersonalFields = personalEventFields) {
  const named: string[] = [...Object.keys(personal), ...otherEventFields];
  const found = Object.entries(contracts).flatMap(([topic, { schema }]) =>
    Object.keys(schema.shape).map((field) => ({ topic, field })),
  );
  return [
    ...found
      .filter(({ field }) => !named.includes(field))
      .map(
        ({ topic, field }) =>
          `${field} of ${topic} is not declared: name it in ${DECLARATION}, in personalEventFields or otherEventFields`,
      ),
    ...named
      .filter((name) => !found.some(({ field }) => field === name))
      .map((name) => `${name} is declared, and no event has such a field: remove it from ${DECLARATION}`),
  ];
}

export interface Sample {
  readonly topic: string;
  readonly eventId: string;
  readonly data: Data;
}

/** For each of this service's events with personal fields: one about the person that was sent, and one that was not. */
export async function writeSamples(
  service: Service,
  { email }: Pick<Person, 'email'>,
  contracts: Contracts = events,
  personal: PersonalFields = personalEventFields,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [topic, { schema }] of Object.entries(contracts)) {
    // Events of other services are never in the outbox.
    if (!/^huleedu\.(identity|email)\./.test(topic)) continue;
    if (!Object.keys(schema.shape).some((field) => field in personal)) continue;
    for (const published of [true, false]) {
      const sample = { topic, eventId: v7(), data: dataOf(schema, email) };
      samples.push(sample);
      await service.sql(
        `insert into event_outbox (
          event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at,
          published_at
        )
        values ($1, $2, $3, $4, 1, $5, $6, now(), 'infinity', case when $7 then now() end)`,
        [
          sample.eventId,
          topic,
          topic.startsWith('huleedu.email.') ? 'email' : 'user',
          v4(),
          v4(),
          JSON.stringify(sample.data),
          published,
        ],
      );
    }
  }
  return samples;
}

/** @throws Error for a field for which no value can be made up */
function dataOf(schema: z.ZodMiniObject, address: string): Data {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const data = Object.fromEntries(
    Object.entries(properties).map(([field, type]) => {
      if (field === 'email' || field === 'to') return [field, address];
      return [field, sampleOf(field, type as z.core.JSONSchema.BaseSchema)];
    }),
  );
  schema.parse(data);
  return data;
}

function sampleOf(field: string, schema: z.core.JSONSchema.BaseSchema): unknown {
  const { type, format, enum: values } = schema;
  if (values) return values[0];
  if (format === 'uuid') return v4();
  if (format === 'date-time') return new Date().toISOString();
  if (type === 'string') return `held in ${field}`;
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [sampleOf(field, schema.items as z.core.JSONSchema.BaseSchema)];
  if (type === 'object') return { held: `held in ${field}` };
  throw new Error(`test/support/personal-events.ts cannot make up a value for ${field}: ${JSON.stringify(schema)}`);
}

/** The personal data that a deletion left in these events. */
export async function leftInEvents(
  service: Service,
  samples: readonly Sample[],
  contracts: Contracts = events,
  personal: PersonalFields = personalEventFields,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { topic, eventId, data } of samples) {
    const [left] = await service.sql('select data from event_outbox where event_id = $1', [eventId]);
    if (!left) continue;
    for (const field of Object.keys(data).filter((name) => name in personal)) {
      if (JSON.stringify(left.data[field]) !== JSON.stringify(data[field])) continue;
      faults.push(
        `${field} of ${topic} is personal and survives the account in event_outbox: erasure finds events by their ` +
          '`email` or `to` alone (functions/store/account-deletion.ts): let the event have one of them, or not the field',
      );
    }
    const fit = contracts[topic]?.schema.safeParse(left.data);
    if (!fit?.success) {
      faults.push(`after erasure ${topic} no longer fits its schema: correct personalEventFields in ${DECLARATION}`);
    }
  }
  return [...new Set(faults)];
}
