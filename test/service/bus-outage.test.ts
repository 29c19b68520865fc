/** EventBridge out of order for a day: an outage costs an event nothing but time. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import type { NewEvent } from '../../functions/store/outbox.ts';
import type { FaultOrder } from '../../lib/local/aws/faults.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
beforeEach(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterEach(() => service.stop());

const HOUR = 3600;
/** One of several events of an aggregate. */
function eventOf(aggregate_id: string): NewEvent {
  const { sequence: _, ...event } = someEvent(new Date());
  return { ...event, aggregate_id };
}
const relay = () => service.runJob('relay-outbox', { drain: true });
const putEvents = (fault: Partial<FaultOrder>) => () =>
  service.endpoint.faults.order({ service: 'events', operation: 'PutEvents', times: null, ...fault });
const entries = (code: 'ThrottlingException' | 'InternalFailure') => () => service.events.failEntries(1, code);

/** What an outage is, as a whole call sees it or as an entry does. */
const outages: Readonly<Record<string, () => void>> = {
  failure: putEvents({ error: { code: 'InternalException', status: 500 } }),
  unavailable: putEvents({ error: { code: 'ServiceUnavailable', status: 503 } }),
  throttling: putEvents({ error: { code: 'ThrottlingException' } }),
  'lost answers': putEvents({ drop: true }),
  'a permission that is missing': putEvents({ error: { code: 'AccessDeniedException' } }),
  'entries that are throttled': entries('ThrottlingException'),
  'entries that fail inside': entries('InternalFailure'),
};

function endOutage() {
  service.endpoint.faults.clear();
  service.events.failEntries(0);
}

it('S47: after a day of every kind of outage, all events arrive, none dead, and none was tried in vain', async () => {
  const aggregates = [randomUUID(), randomUUID()];
  for (const aggregateId of [...aggregates, ...aggregates, ...aggregates]) {
    await writeEvents(database, [eventOf(aggregateId)]);
  }
  // One refusal more, and each would be a dead letter.
  await service.sql('update event_outbox set attempts = 29');
  const before = await outboxRows(database);

  let hours = 0;
  for (const begin of Object.values(outages)) {
    begin();
    hours += 4;
    service.setClockOffset(hours * HOUR);
    expect(await relay()).toEqual({ relayed: 0, failed: 6, dead: 0 });
    const after = await outboxRows(database);
    expect(after.map(({ last_error, ...row }) => row)).toEqual(before.map(({ last_error, ...row }) => row));
    endOutage();
  }
  expect(hours).toBeGreaterThanOrEqual(24);
  const lag = service.logs().flatMap(({ line }) => /"RelayLag":([\d.]+)/.exec(line)?.[1] ?? []);
  expect(Math.max(...lag.map(Number))).toBeGreaterThanOrEqual(24 * HOUR);

  expect(await relay()).toEqual({ relayed: 6, failed: 0, dead: 0 });
  for (const aggregateId of aggregates) {
    const arrived = service.events.events().filter(({ detail }) => JSON.stringify(detail).includes(aggregateId));
    const sequences = arrived.map(({ detail }) => (detail.metadata as { sequence: number }).sequence);
    expect(sequences).toEqual([1, 2, 3]);
  }
});

it('S47: an outage of some entries keeps back those alone, and they are sent by the same run', async () => {
  await writeEvents(database, [eventOf(randomUUID()), eventOf(randomUUID()), eventOf(randomUUID())]);
  let refused = 0;
  service.events.failEntries(() => refused++ === 0, 'ThrottlingException');
  expect(await relay()).toEqual({ relayed: 3, failed: 1, dead: 0 });
  expect((await outboxRows(database)).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
});
