import { afterAll, beforeAll, expect, it } from 'vitest';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { times } from '../support/short-form.ts';
import { withoutConsumers } from '../support/without-consumers.ts';
import { expectAllArrived } from './expect-all-arrived.ts';
import { relayUnderFire } from './relay-ordeal.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ ...asDeployed, functions: withoutConsumers });
});
afterAll(() => service.stop());

it('S47: 10,000 events and 50 killed relays: every committed event arrives, none else', async () => {
  const kills = times(50, 5);
  const ending = await relayUnderFire(service, { events: times(11_500, 600), kills });
  const copies = [...ending.arrived.values()].reduce((sum, { length }) => sum + length - 1, 0);
  console.log(
    `${ending.committed.size} committed, ${ending.rolledBack.length} rolled back, ${copies} sent more than once`,
  );
  expect(ending.committed.size).toBeGreaterThanOrEqual(times(10_000, 500));
  expect(ending.kills).toBe(kills);
  expectAllArrived(ending);
});
