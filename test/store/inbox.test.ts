import { v4 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Delivery, DeliveryInHand, handleOnce, receive, settle } from '../../functions/packages/inbox/index.ts';
import type { Database } from '../../functions/store/database.ts';
import { databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let database: Database;
let delivery: Delivery;

beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
});
afterAll(() => service.stop());
beforeEach(async () => {
  vi.useRealTimers();
  delivery = { consumer: 'test', event_id: v4() };
  await database.query('delete from event_sequences');
});

describe('an effect in the database', () => {
  /** Any row suffices; each effect raises its number. */
  const countUp = (count = '1') =>
    database.query(
      `
      with received as (${receive('delivery')})
      insert into event_sequences as s (aggregate_id, sequence)
      select event_id, ${count} from received
      on conflict (aggregate_id) do update set sequence = s.sequence + 1`,
      { delivery, now: new Date() },
    );
  const effects = async () => {
    const [row] = await database.query<{ sequence: number }>('select sequence from event_sequences');
    return row?.sequence ?? 0;
  };

  it('is made once for copies that come one after the other', async () => {
    await countUp();
    await countUp();
    expect(await effects()).toBe(1);
  });

  it('is made once for twenty copies that come at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => countUp()));
    expect(await effects()).toBe(1);
  });

  it('is made by the next copy when the first fails within the statement', async () => {
    await expect(countUp('1 / (event_id is null)::integer')).rejects.toThrow();
    expect(await effects()).toBe(0);
    await countUp();
    expect(await effects()).toBe(1);
  });

  it('is made once when the answer is lost and the SDK sends the statement again', async () => {
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    await countUp();
    expect(await effects()).toBe(1);
  });

  it('is made once for each consumer', async () => {
    const other = { ...delivery, consumer: 'other' };
    const received = (of: Delivery) =>
      database.query(`with received as (${receive('of')}) select event_id from received`, { of, now: new Date() });
    expect([await received(delivery), await received(other), await received(other)].map((rows) => rows.length)).toEqual(
      [1, 1, 0],
    );
  });
});

describe('an effect elsewhere', () => {
  const done = (claim: object) =>
    database
      .query(`with settled as (${settle('claim')}) select event_id from settled`, { claim, now: new Date() })
      .then((rows) => rows.length === 1);
  const handle = (effect: (claim: object) => Promise<unknown>) =>
    handleOnce(database, delivery, 30, async (claim) => void (await effect(claim)));
  const never = () => Promise.reject(new Error('made twice'));

  it('is made once for copies that come one after the other', async () => {
    expect(await handle(done)).toBe(true);
    expect(await handle(never)).toBe(false);
  });

  it('is made once for simultaneous copies; the others come again later', async () => {
    let made = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        handle(async (claim) => {
          made += 1;
          await done(claim);
        }),
      ),
    );
    expect(made).toBe(1);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of refused) expect(reason).toBeInstanceOf(DeliveryInHand);
    expect(await handle(never)).toBe(false);
  });

  it('is tried at once by the next delivery after a failure', async () => {
    await expect(handle(() => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    expect(await handle(done)).toBe(true);
  });

  it('is tried again after its holder crashed, when the lease has expired', async () => {
    const inHand = Promise.withResolvers<void>();
    // Crashes while it holds the claim: it neither settles it nor gives it back.
    void handle(() => {
      inHand.resolve();
      return new Promise(() => {});
    });
    await inHand.promise;
    await expect(handle(never)).rejects.toBeInstanceOf(DeliveryInHand);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    expect(await handle(done)).toBe(true);
    expect(await handle(never)).toBe(false);
  });

  it('cannot be settled by a delivery that lost the lease', async () => {
    expect(await done({ ...delivery, claim_id: v4() })).toBe(false);
    await handle(async (claim) => {
      expect(await done({ ...claim, claim_id: v4() })).toBe(false);
      expect(await done(claim)).toBe(true);
    });
  });
});
