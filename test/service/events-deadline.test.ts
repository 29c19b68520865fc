import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functions } from '../../lib/service/functions.ts';
import { until } from '../support/await-condition.ts';
import { databaseOf, outboxRows, someEvent, writeEvents } from '../support/outbox.ts';
import { type Service, startService } from '../support/service.ts';
import { withTimeout } from '../support/with-timeout.ts';

/** The service with a relay that has a given number of seconds. */
const withRelayTimeout = (timeout: number) =>
  startService({ functions: withTimeout(functions, 'relay-outbox', timeout) });

describe('a relay with little time left', () => {
  let service: Service;
  beforeAll(async () => {
    service = await withRelayTimeout(15);
  });
  afterAll(() => service.stop());

  it('begins nothing that it may not finish', async () => {
    const database = await databaseOf(service);
    await writeEvents(database, [someEvent(new Date())]);
    const calls = await service.callsDuring(async () => {
      expect(await service.runJob('relay-outbox', {})).toEqual({ relayed: 0, failed: 0, dead: 0 });
    });
    expect(calls).toEqual({});
    expect(await outboxRows(database)).toMatchObject([{ published: false, leased: false }]);
  });
});

describe('a relay between two steps of its schedule', () => {
  let service: Service;
  beforeAll(async () => {
    service = await withRelayTimeout(20);
  });
  afterAll(() => service.stop());

  it('goes on polling, one call each time, sends new events, and ends before its time runs out', async () => {
    const database = await databaseOf(service);
    service.endpoint.resetCalls();
    const running = service.runJob('relay-outbox', {});
    await until('the first claim', () => service.endpoint.calls()['rds-data.ExecuteStatement'] !== undefined);
    await writeEvents(database, [someEvent(new Date())]);
    expect(await running).toEqual({ relayed: 1, failed: 0, dead: 0 });

    const { 'rds-data.ExecuteStatement': statements = 0, ...others } = service.endpoint.calls();
    expect(others).toEqual({ 'events.PutEvents': 1 });
    // The first claim, our statement that wrote the event, its claim, the marking, the next claim; and one for each further
    // second of the five: three, and a fourth where a timer fires a millisecond early.
    expect(statements).toBeGreaterThanOrEqual(5);
    expect(statements).toBeLessThanOrEqual(9);
  });
});
