import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { withoutConsumers } from '../support/without-consumers.ts';

let service: Service;
let database: Database;

beforeAll(async () => {
  service = await startService({ functions: withoutConsumers });
  database = await databaseOf(service);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.events.failEntries(0);
  await service.sql('delete from event_outbox');
});

const password = 'correct horse battery staple';
const register = (headers: Record<string, string> = {}, more: object = {}) =>
  service.post('/v1/auth/register', { email: newEmail(), password, ...more }, headers);

const relay = () => service.runJob('relay-outbox', { drain: true });
const onBus = (ids: readonly string[]) =>
  service.events.events().filter(({ detail }) => ids.includes(`${detail.event_id}`));
/** The lines with this message that the functions wrote since the test file began. */
const lines = (saying: string) =>
  service
    .logs()
    .filter(({ line }) => line.includes(saying))
    .map(({ line }) => JSON.parse(line));
const metrics = () => lines('"EventsRelayed"');

describe('the relay', () => {
  it('sends the events of a request to the bus, in the envelope of the contracts', async () => {
    const { body } = await register({}, { organization_name: 'Ängsskolan' });
    expect(await relay()).toEqual({ relayed: 3, failed: 0, dead: 0 });
    const event = service.events
      .events()
      .find(({ detail }) => (detail.data as { user_id: string }).user_id === body.user_id);
    expect(event).toMatchObject({
      source: 'huleedu.identity',
      'detail-type': 'huleedu.identity.user.registered.v1',
      detail: {
        event_type: 'huleedu.identity.user.registered.v1',
        source_service: 'huleedu.identity',
        schema_version: 1,
        data_schema_uri: null,
        data: { user_id: body.user_id, org_id: body.org_id, email: body.email },
        metadata: { aggregate_type: 'user', aggregate_id: body.user_id, sequence: 1 },
      },
    });
    expect((await outboxRows(database)).every(({ published }) => published)).toBe(true);
  });

  it('makes two Data API calls a batch, and one when nothing is due', async () => {
    expect(await service.callsDuring(relay)).toEqual({ 'rds-data.ExecuteStatement': 1 });
    await writeEvents(
      database,
      Array.from({ length: 25 }, () => someEvent(new Date())),
    );
    // Claim and mark, three calls of at most ten entries, and the claim that finds no more.
    expect(await service.callsDuring(relay)).toEqual({ 'rds-data.ExecuteStatement': 3, 'events.PutEvents': 3 });
  });

  it('S48: sends the others if one is refused, and that one again after its wait', async () => {
    const [first = '', refused = '', last = ''] = await writeEvents(
      database,
      Array.from({ length: 3 }, () => someEvent(new Date())),
    );
    service.events.failEntries((entry) => entry.Detail?.includes(refused) ?? false, 'NotAuthorizedForSourceException');
    expect(await relay()).toEqual({ relayed: 2, failed: 1, dead: 0 });
    expect(onBus([first, refused, last])).toHaveLength(2);
    expect(await outboxRows(database)).toContainEqual({
      event_id: refused,
      attempts: 1,
      last_error: 'NotAuthorizedForSourceException',
      dead: false,
      published: false,
      leased: false,
    });

    service.events.failEntries(0);
    await service.sql('update event_outbox set available_at = occurred_at');
    expect(await relay()).toEqual({ relayed: 1, failed: 0, dead: 0 });
    expect(onBus([refused])).toHaveLength(1);
  });

  it('S48: gives up after the last try, with a metric and a log line that has the correlation id', async () => {
    const event = someEvent(new Date());
    await writeEvents(database, [event]);
    await service.sql('update event_outbox set attempts = 29');
    service.events.failEntries(1, 'NotAuthorizedForSourceException');
    expect(await relay()).toEqual({ relayed: 0, failed: 1, dead: 1 });
    const last_error = 'NotAuthorizedForSourceException';
    expect(await outboxRows(database)).toMatchObject([{ dead: true, attempts: 30, last_error }]);
    expect(lines(event.event_id)).toMatchObject([
      { level: 'error', correlation_id: event.correlation_id, code: last_error },
    ]);
    expect(metrics().at(-1)).toMatchObject({ EventsDead: 1 });
  });

  it('measures relayed and failed events, and how long the oldest had waited', async () => {
    const old = new Date(Date.now() - 60_000);
    const [refused = ''] = await writeEvents(database, [someEvent(old), someEvent(old), someEvent(old)]);
    service.events.failEntries((entry) => entry.Detail?.includes(refused) ?? false, 'NotAuthorizedForSourceException');
    await relay();
    const line = metrics().findLast(({ RelayBatchSize }) => RelayBatchSize === 3);
    expect(line).toMatchObject({ EventsRelayed: 2, EventsFailed: 1, EventsDead: 0, Stage: 'local' });
    expect(line.RelayLag).toBeGreaterThanOrEqual(60);
  });

  it('shares the work with relays that run at the same time', async () => {
    const written: string[] = [];
    for (let batch = 0; batch < 4; batch++) {
      written.push(
        ...(await writeEvents(
          database,
          Array.from({ length: 100 }, () => someEvent(new Date())),
        )),
      );
    }
    await Promise.all([relay(), relay(), relay()]);
    const arrived = onBus(written).map(({ detail }) => detail.event_id);
    expect(arrived).toHaveLength(400);
    expect(new Set(arrived).size).toBe(400);
  });
});
