/**
 * Every pair of concurrent writes to one account and its organisations: the first has done its work but is not
 * committed when the second begins, which waits for it or overtakes it. The events must describe the result in every
 * case.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings as settings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';
import { newWorld, type World } from '../support/world.ts';
import { stateByEvents, stateInDatabase } from '../support/world-state.ts';
import { writes } from '../support/writes.ts';

let service: Service;
let database: Database;
let gate: Gate;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  gate = await gateCommits(service);
});
afterAll(async () => {
  await gate.close();
  await service.stop();
});

const names = Object.keys(writes);

describe.each(names)('%s, and before that is committed', (first) => {
  it.each(names)('%s: S46: the events describe the result', async (second) => {
    // To prove an address, it must be unproved; to invite and accept, it must be proved.
    const proving = ['proves the address', 'claims it by mail'].some((name) => [first, second].includes(name));
    const world = await newWorld(service, !proving);
    const among = [world.person, world.peer, world.guest, world.admin].map(({ userId }) => userId);
    const origins = [contextAt(new Date()), contextAt(new Date())] as const;
    const before = await stateInDatabase(service, among, origins[0].now);

    const outcomes = await gate.inOrder(
      async () => writes[first]?.(world, origins[0], database),
      async () => writes[second]?.(world, origins[1], database),
    );

    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'))).toEqual([
      'done',
      'done',
    ]);
    const byEvents = await stateByEvents(
      service,
      before,
      origins.map(({ correlationId }) => correlationId),
    );
    expect(byEvents).toEqual(await stateInDatabase(service, among, origins[0].now));
  });
});

it('S46: while an account’s password changes, the old one deletes neither the account nor a membership', async () => {
  const world = await newWorld(service, true);
  const memberships = () => service.sql('select org_id from memberships where user_id = $1', [world.person.userId]);
  const before = await memberships();
  const outcomes = await gate.inOrder<unknown>(
    async () => writes['changes the password']?.(world, contextAt(new Date()), database),
    async () => writes['deletes the account']?.(world, contextAt(new Date()), database),
  );
  expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { outcome: 'caller_gone' } });
  expect(await memberships()).toEqual(before);
});

it('S60: of two who register an address at once, the second gets the answer of a later registration', async () => {
  const { person } = await newWorld(service, true);
  await service.sql('delete from memberships where user_id = $1', [person.userId]);
  await service.sql('delete from users where user_id = $1', [person.userId]);
  const register = () => writes['registers the same address']?.({ person } as World, contextAt(new Date()), database);
  const outcomes = await gate.inOrder(
    async () => register(),
    async () => register(),
  );
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([true, false]);
});

it('counts an organisation that is created at this moment against the limit', async () => {
  const { person } = await newWorld(service, true);
  await service.sql(
    `with founded as (
      insert into organizations (org_id, name, created_at)
      select gen_random_uuid(), 'Many', now() from generate_series(1, $2::integer)
      returning org_id
    )
    insert into memberships (org_id, user_id, roles, created_at) select org_id, $1, '{owner}', now() from founded`,
    [person.userId, settings.organizationsPerUser - 3],
  );
  const found = () => writes['founds an organisation']?.({ person } as World, contextAt(new Date()), database);
  const outcomes = await gate.inOrder(
    async () => found(),
    async () => found(),
  );
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([
    'created',
    'too_many_organizations',
  ]);
});
