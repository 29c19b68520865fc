import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseOf } from '../support/outbox.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';
import { times } from '../support/short-form.ts';
import { withoutConsumers } from '../support/without-consumers.ts';
import { expectAllArrived } from './expect-all-arrived.ts';
import { drain, relayUnderFire } from './relay-ordeal.ts';
import { signIns } from './sign-ins.ts';

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
  expect(ending.rolledBack.length).toBeGreaterThan(0);
  expectAllArrived(ending);
});

it('S47: 10,000 sign-ins at browsers and 20 killed relays: every login and every end of a session arrives', async () => {
  await drain(service);
  const logins = times(10_000, 400);
  const request = await signIns(await databaseOf(service));
  const ending = await relayUnderFire(service, { events: logins, kills: times(20, 3), request });
  expectAllArrived(ending);
  const [row] = await service.sql("select count(*)::integer as opened from sessions where kind = 'browser'");
  const told = [...ending.arrived.values()].filter(([event = '']) => event.includes('login.succeeded'));
  expect(row?.opened).toBeGreaterThanOrEqual(logins);
  expect(told).toHaveLength(row?.opened);
});
