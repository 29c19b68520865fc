import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAllArrived } from '../faults/expect-all-arrived.ts';
import { relayUnderFire } from '../faults/relay-ordeal.ts';
import { type Service, startService } from '../support/service.ts';
import { withoutConsumers } from '../support/without-consumers.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ functions: withoutConsumers });
});
afterAll(() => service.stop());

it('S47: every committed event arrives, and no other, despite killed relays and failing services', async () => {
  const ending = await relayUnderFire(service, { events: 600, kills: 8 });
  expect(ending.committed.size).toBeGreaterThan(500);
  expect(ending.kills).toBe(8);
  expectAllArrived(ending);
  expect(ending.rolledBack.length).toBeGreaterThan(0);
});
