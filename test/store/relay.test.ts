import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { claimEvents, markEvents, type Outcome } from '../../functions/store/relay.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const bounds = { batchSize: 100, leaseSeconds: 30 };
const claim = (at = now, batchSize = bounds.batchSize) => claimEvents(database, { ...bounds, batchSize }, at);

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());
beforeEach(() => database.query('delete from event_outbox'));

const ids = (events: readonly { readonly event_id: string }[]) => events.map(({ event_id }) => event_id);
const taken = (event_id: string): Outcome => ({ event_id, error: null, dead: false });
const events = (count: number, at = now) => Array.from({ length: count }, () => someEvent(at));

describe('claiming', () => {
  it('takes the events that have been due longest, complete', async () => {
    const [young = '', old = ''] = await writeEvents(database, [someEvent(now), someEvent(later(-60))]);
    const { events: claimed, lag } = await claim();
    expect(ids(claimed)).toEqual([old, young]);
    expect(lag).toBe(60);
    expect(claimed[1]).toEqual({
      event_id: young,
      topic: 'huleedu.identity.login.failed.v1',
      aggregate_type: 'login_attempt',
      aggregate_id: expect.any(String),
      sequence: 1,
      correlation_id: expect.any(String),
      occurred_at: '2026-03-01T12:00:00.000Z',
      attempts: 0,
      data: {
        email: 'a@example.com',
        reason: 'invalid_password',
        timestamp: '2026-03-01T12:00:00.000Z',
        correlation_id: claimed[1]?.correlation_id,
      },
    });
  });

  it('leaves events that are not due yet, and those that a living relay has', async () => {
    await writeEvents(database, [someEvent(now), someEvent(later(10))]);
    expect((await claim()).events).toHaveLength(1);
    expect((await claim()).events).toHaveLength(0);
  });

  it('has no lag when nothing is left to send', async () => {
    expect(await claim()).toMatchObject({ events: [], oversize: 0, lag: 0 });
  });

  it('divides the events between simultaneous relays, none twice', async () => {
    const written = await writeEvents(database, events(200));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(now, 20)));
    const claimed = claims.flatMap((one) => ids(one.events));
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed).toHaveLength(160);
    expect(written).toEqual(expect.arrayContaining(claimed));
  });

  it('returns the same events when its answer is lost and it is sent again', async () => {
    const written = await writeEvents(database, events(3));
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    expect(ids((await claim()).events)).toEqual(written);
    expect((await claim()).events).toEqual([]);
  });

  it('ends a lease after its time: another relay takes over, and the first can no longer mark anything', async () => {
    const [id = ''] = await writeEvents(database, events(1));
    const first = await claim();
    expect(ids((await claim(later(29))).events)).toEqual([]);
    const second = await claim(later(30));
    expect(ids(second.events)).toEqual([id]);

    await markEvents(database, first.leaseId, [{ event_id: id, error: 'TimeoutError', dead: true }], later(31));
    expect(await outboxRows(database)).toMatchObject([{ event_id: id, leased: true, dead: false, attempts: 0 }]);
    await markEvents(database, second.leaseId, [taken(id)], later(31));
    expect(await outboxRows(database)).toMatchObject([{ event_id: id, leased: false, published: true, attempts: 1 }]);
  });
});

describe('claiming within the limits of the Data API', () => {
  const sized = (bytes: number) => someEvent(now, 'x'.repeat(bytes));

  it('S48: makes a dead letter of an event too large to be read, with its reason, and takes the others', async () => {
    const [before = '', oversize = '', after = ''] = await writeEvents(database, [
      someEvent(now),
      sized(60_000),
      someEvent(now),
    ]);
    const claimed = await claim();
    expect(claimed.oversize).toBe(1);
    expect(ids(claimed.events)).toEqual([before, after]);
    expect(await outboxRows(database)).toContainEqual({
      event_id: oversize,
      attempts: 0,
      last_error: 'Oversize',
      dead: true,
      published: false,
      leased: false,
    });
  });

  it('takes many large events in several claims, each in one answer', async () => {
    const written: string[] = [];
    for (let batch = 0; batch < 4; batch++) {
      written.push(
        ...(await writeEvents(
          database,
          Array.from({ length: 8 }, () => sized(50_000)),
        )),
      );
    }
    const claimed: string[] = [];
    for (let part = await claim(); part.events.length > 0; part = await claim()) {
      expect(Buffer.byteLength(JSON.stringify(part.events))).toBeLessThan(1024 * 1024);
      claimed.push(...ids(part.events));
    }
    expect(claimed.sort()).toEqual(written.sort());
  });

  it('reads data that consists only of characters to escape', async () => {
    const email = '"\\'.repeat(13_000);
    await writeEvents(database, [someEvent(now, email)]);
    const { events: claimed } = await claim();
    expect(claimed[0]?.data).toMatchObject({ email });
  });
});

describe('marking', () => {
  it('writes published, refused and dead events in one call', async () => {
    const [sent = '', refused = '', last = ''] = await writeEvents(database, events(3));
    const { leaseId } = await claim();
    const calls = await service.callsDuring(() =>
      markEvents(
        database,
        leaseId,
        [
          taken(sent),
          { event_id: refused, error: 'ThrottlingException', available_at: later(20), dead: false },
          { event_id: last, error: 'InternalFailure', dead: true },
        ],
        now,
      ),
    );
    expect(calls).toEqual({ 'rds-data.ExecuteStatement': 1 });
    expect(await outboxRows(database)).toEqual([
      { event_id: sent, attempts: 1, last_error: null, dead: false, published: true, leased: false },
      {
        event_id: refused,
        attempts: 1,
        last_error: 'ThrottlingException',
        dead: false,
        published: false,
        leased: false,
      },
      { event_id: last, attempts: 1, last_error: 'InternalFailure', dead: true, published: false, leased: false },
    ]);
  });

  it('leaves an event that an outage kept back as it was: due, with its attempts and its age, leased by nobody', async () => {
    const [id = ''] = await writeEvents(database, events(1));
    const { leaseId } = await claim();
    await markEvents(database, leaseId, [{ event_id: id, error: 'InternalFailure', outage: true, dead: false }], now);
    expect(await outboxRows(database)).toEqual([
      { event_id: id, attempts: 0, last_error: 'InternalFailure', dead: false, published: false, leased: false },
    ]);
    expect(await claim(later(50))).toMatchObject({ events: [{ event_id: id }], lag: 50 });
  });

  it('keeps the age of a refused event in the lag while it waits for its next try', async () => {
    const [id = ''] = await writeEvents(database, events(1));
    const { leaseId } = await claim();
    await markEvents(database, leaseId, [{ event_id: id, error: 'X', available_at: later(60), dead: false }], now);
    expect(await claim(later(50))).toMatchObject({ events: [], lag: 50 });
    expect((await claim(later(60))).events).toMatchObject([{ event_id: id, attempts: 1 }]);
  });

  it('cuts an error code that is too long', async () => {
    const [id = ''] = await writeEvents(database, events(1));
    const { leaseId } = await claim();
    await markEvents(database, leaseId, [{ event_id: id, error: 'e'.repeat(500), dead: true }], now);
    expect((await outboxRows(database))[0]?.last_error).toHaveLength(64);
  });
});
