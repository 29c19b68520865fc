import { v4 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { deadLetters, outboxStatus, redrive } from '../../functions/store/dead-letters.ts';
import { claimEvents, markEvents } from '../../functions/store/relay.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const bounds = { batchSize: 100, leaseSeconds: 30 };

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());
beforeEach(() => database.query('delete from event_outbox'));

/** Two dead letters, one event refused once, one published, one new. */
async function variedOutbox() {
  const [first = '', second = '', refused = '', sent = ''] = await writeEvents(
    database,
    [-40, -30, -20, -10].map((seconds) => someEvent(later(seconds))),
  );
  const { leaseId } = await claimEvents(database, bounds, now);
  const dead = { error: 'InternalFailure', dead: true };
  await markEvents(
    database,
    leaseId,
    [
      { event_id: first, ...dead },
      { event_id: second, ...dead },
      { event_id: refused, error: 'ThrottlingException', available_at: later(60), dead: false },
      { event_id: sent, error: null, dead: false },
    ],
    now,
  );
  await writeEvents(database, [someEvent(now)]);
  return { first, second };
}

describe('the outbox as its operator sees it', () => {
  it('counts waiting, refused and dead events, and has the age of the oldest that waits', async () => {
    await variedOutbox();
    expect(await outboxStatus(database, later(5))).toEqual({ waiting: 2, retrying: 1, dead: 2, lag: 25 });
  });

  it('has no lag at rest', async () => {
    expect(await outboxStatus(database, now)).toEqual({ waiting: 0, retrying: 0, dead: 0, lag: null });
  });

  it('lists dead letters, the oldest first, without their data', async () => {
    const { first, second } = await variedOutbox();
    const letters = await deadLetters(database, 10);
    expect(letters.map(({ event_id }) => event_id)).toEqual([first, second]);
    expect(letters[0]).toEqual({
      event_id: first,
      topic: 'huleedu.identity.login.failed.v1',
      aggregate_type: 'login_attempt',
      aggregate_id: expect.any(String),
      correlation_id: expect.any(String),
      attempts: 1,
      last_error: 'InternalFailure',
      occurred_at: '2026-03-01T11:59:20.000Z',
    });
    expect(await deadLetters(database, 1)).toHaveLength(1);
  });
});

describe('redrive', () => {
  it('S48: sends one dead letter again, with all its attempts ahead of it', async () => {
    const { first, second } = await variedOutbox();
    expect(await redrive(database, first, later(1))).toBe(1);
    const { events } = await claimEvents(database, bounds, later(1));
    expect(events).toContainEqual(expect.objectContaining({ event_id: first, attempts: 0 }));
    expect((await deadLetters(database, 10)).map(({ event_id }) => event_id)).toEqual([second]);
  });

  it('sends all of them again', async () => {
    await variedOutbox();
    expect(await redrive(database, null, later(1))).toBe(2);
    expect((await outboxRows(database)).filter(({ dead }) => dead)).toEqual([]);
  });

  it('does not resend an event that was published or does not exist', async () => {
    const [sent = ''] = await writeEvents(database, [someEvent(now)]);
    const { leaseId } = await claimEvents(database, bounds, now);
    await markEvents(database, leaseId, [{ event_id: sent, error: null, dead: false }], now);
    expect(await redrive(database, sent, later(1))).toBe(0);
    expect(await redrive(database, v4(), later(1))).toBe(0);
    expect(await outboxRows(database)).toMatchObject([{ published: true }]);
  });
});
