import { afterAll, beforeAll, expect, it } from 'vitest';
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

it('S47: 10,000 sign-ins to a client and 20 killed relays: every login and every end of a session arrives', async () => {
  await drain(service);
  const logins = times(10_000, 400);
  const ending = await relayUnderFire(service, {
    events: logins,
    kills: times(20, 3),
    request: await signIns(service),
  });
  expectAllArrived(ending);
  const sessions = await service.sql('select session_id, kind, revoked_at is not null as ended from sessions');
  const of = (topic: string) =>
    [...ending.arrived.values()]
      .map(([event = '{}']) => JSON.parse(event))
      .filter(({ event_type }) => event_type === `huleedu.identity.${topic}.v1`)
      .map(({ data }) => data.session_id as string)
      .toSorted();
  const ids = (rows: typeof sessions) => rows.map(({ session_id }) => session_id as string).toSorted();
  const [opened, given] = ['browser', 'client'].map((one) => sessions.filter(({ kind }) => kind === one));
  expect(opened?.length).toBeGreaterThanOrEqual(logins);
  expect(given?.length).toBeGreaterThan(logins * 0.8);
  expect(of('login.succeeded')).toHaveLength(opened?.length ?? 0);
  expect(of('session.revoked')).toEqual(ids(sessions.filter(({ ended }) => ended)));
  console.log(
    `${opened?.length} sign-ins, ${given?.length} codes exchanged, ${of('session.revoked').length} sessions ended, ` +
      `${ending.kills} relays killed, ${ending.refusals} entries refused`,
  );
});
