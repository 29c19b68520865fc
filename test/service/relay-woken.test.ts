import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EVENTS_WAIT } from '../../functions/runtime/events-wait.ts';
import type { Database } from '../../functions/store/database.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { withTimeout } from '../support/with-timeout.ts';
import { withoutConsumers } from '../support/without-consumers.ts';

/** A stage in which requests wake the relay, which has 17 seconds: two for its work, the rest for a last batch. */
let service: Service;
let database: Database;

beforeAll(async () => {
  service = await startService({
    functions: withTimeout(withoutConsumers, 'relay-outbox', 17),
    settings: { relay: { wokenBy: 'requests', pollSeconds: 0.1, firstBackoffSeconds: 0.1 } },
  });
  database = await databaseOf(service);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.events.failEntries(0);
  await service.sql('delete from event_outbox');
  await service.sql('delete from inbox');
});

/** Invokes a function as CloudWatch Logs does. */
const accessLog = {
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        logGroup: '/aws/vendedlogs/identity-dev/access',
        logEvents: [{ id: '1', timestamp: 0, message: JSON.stringify({ route: 'POST /v1/auth/register' }) }],
      }),
    ).toString('base64'),
  },
};
const wake = () => service.runJob('relay-outbox', accessLog);
const askedToBeRunAgain = () => service.logs().filter(({ line }) => line.includes(`"${EVENTS_WAIT}"`)).length;
/** Gives the turn to another relay, for an interval from now. */
const turnUntil = (interval: string) =>
  service.sql(`
    insert into inbox (consumer, event_id, claim_id, leased_until, received_at)
    values (
      'relay-outbox', '00000000-0000-0000-0000-000000000000', uuidv7(), now() + interval '${interval}', now()
    )`);
const nothing = { relayed: 0, failed: 0, dead: 0 };

describe('a relay that a request wakes', () => {
  it('sends the request’s events, and ends: nothing queries the database after it', async () => {
    const { body } = await service.post('/v1/auth/register', {
      email: newEmail(),
      password: 'correct horse battery staple',
    });
    // Its turn, the claim, the marking, a claim that finds no more, the turn given back, and a last look.
    expect(await service.callsDuring(wake)).toEqual({ 'rds-data.ExecuteStatement': 6, 'events.PutEvents': 1 });
    const sent = service.events.events().filter(({ detail }) => JSON.stringify(detail).includes(body.user_id));
    expect(sent.map(({ 'detail-type': topic }) => topic)).toContain('huleedu.identity.user.registered.v1');
    expect((await outboxRows(database)).every(({ published }) => published)).toBe(true);
    expect(askedToBeRunAgain()).toBe(0);
  });

  it('looks for events when nobody came, and ends: nothing runs after it, and the database may pause', async () => {
    const before = askedToBeRunAgain();
    const look = () => service.runJob('relay-outbox');
    const calls = await service.callsDuring(async () => expect(await look()).toEqual(nothing));
    expect(calls).toEqual({ 'rds-data.ExecuteStatement': 1 });
    expect(askedToBeRunAgain()).toBe(before);
  });

  it('S48: stays while a refused event waits for its next try', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    let tries = 0;
    service.events.failEntries(() => tries++ === 0, 'NotAuthorizedForSourceException');
    expect(await wake()).toEqual({ relayed: 1, failed: 1, dead: 0 });
    expect(await outboxRows(database)).toMatchObject([{ published: true }]);
  });

  it('S48: is run again if events still wait at the end of its time', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    await service.sql("update event_outbox set attempts = 5, available_at = now() + interval '10 minutes'");
    const before = askedToBeRunAgain();
    expect(await wake()).toEqual(nothing);
    expect(askedToBeRunAgain()).toBe(before + 1);

    await service.sql('update event_outbox set available_at = occurred_at');
    expect(await wake()).toEqual({ relayed: 1, failed: 0, dead: 0 });
    expect(askedToBeRunAgain()).toBe(before + 1);
  });

  it('does not stay for a dead letter', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    await service.sql('update event_outbox set dead = true');
    const before = askedToBeRunAgain();
    expect(await wake()).toEqual(nothing);
    expect(askedToBeRunAgain()).toBe(before);
  });

  it('ends at once while another has the turn, so that a flood of requests is one relay at work', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    await turnUntil('1 minute');
    const calls = await service.callsDuring(async () => expect(await wake()).toEqual(nothing));
    expect(calls).toEqual({ 'rds-data.ExecuteStatement': 1 });
    expect(await outboxRows(database)).toMatchObject([{ published: false }]);
  });

  it('takes over from a crashed one when its turn has expired', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    await turnUntil('-1 second');
    expect(await wake()).toEqual({ relayed: 1, failed: 0, dead: 0 });
  });

  it('sends events written while it gave its turn back, since the relays woken for them have ended', async () => {
    await writeEvents(database, [someEvent(new Date())]);
    // A second event, in the same statement that ends the turn.
    await service.sql(`
      create function write_late() returns trigger language plpgsql as $$
      begin
        insert into event_outbox
          (event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at)
        select uuidv7(), topic, aggregate_type, uuidv7(), 1, correlation_id, data, occurred_at, occurred_at
        from event_outbox
        where (select count(*) from event_outbox) = 1;
        return new;
      end $$`);
    await service.sql(`
      create trigger late after update on inbox
      for each row when (new.leased_until < old.leased_until) execute function write_late()`);
    try {
      expect(await wake()).toEqual({ relayed: 2, failed: 0, dead: 0 });
      expect(await outboxRows(database)).toMatchObject([{ published: true }, { published: true }]);
    } finally {
      await service.sql('drop trigger late on inbox');
      await service.sql('drop function write_late');
    }
  });
});
