/**
 * Factors at the moment at which something ends them, or is ended by them: the first has done its work but is not committed
 * when the second begins.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/store/database.ts';
import { isLive } from '../../functions/store/sessions.ts';
import { aCode, aNewApp, anApp, anAppAtLevel2, factorCalls } from '../support/factor-calls.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { raise } from '../support/levels.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { passkeyCalls } from '../support/passkey-calls.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { newWorld, type World } from '../support/world.ts';
import { type StoreCall, writes } from '../support/writes.ts';

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

const calls: Readonly<Record<string, StoreCall>> = { ...factorCalls, ...passkeyCalls, ...writes };
const called = (...names: readonly string[]) =>
  names.map((name): [string, StoreCall] => {
    const call = calls[name];
    if (!call) throw new Error(`there is no call ${name}`);
    return [name, call];
  });

/** Neither may fail: its caller would get a 5xx. @returns what each answered */
async function together(world: World, first: StoreCall, second: StoreCall): Promise<unknown[]> {
  const outcomes = await gate.inOrder(
    async () => first(world, contextAt(new Date()), database),
    async () => second(world, contextAt(new Date()), database),
  );
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

const factorsOf = ({ person }: World) => service.sql('select kind from factors where user_id = $1', [person.userId]);
const liveOf = ({ person }: World) =>
  database.query(
    `select s.session_id from sessions s join users u using (user_id) where s.user_id = :user_id::uuid and ${isLive}`,
    { user_id: person.userId, now: new Date() },
  );

const adding = called('a passkey added', 'recovery codes that are made', 'an authenticator app that is confirmed');
const claiming = called('claims it by mail', 'resets the password');

describe.each(adding)('%s', (name, adds) => {
  const unproved = async () => {
    const world = await newWorld(service, false);
    await (name.includes('app') ? aNewApp : anAppAtLevel2)(world, service);
    return world;
  };
  it.each(claiming)('S57: and before that is committed, somebody %s: no factor is left', async (_, claims) => {
    const world = await unproved();
    const [added] = await together(world, adds, claims);
    expect(JSON.stringify(added)).toMatch(/added|made|confirmed/);
    expect(await factorsOf(world)).toEqual([]);
  });
  it.each(claiming)('S57: before it is committed that somebody %s: no factor is added', async (_, claims) => {
    const world = await unproved();
    await together(world, claims, adds);
    expect(await factorsOf(world)).toEqual([]);
  });
});

const going = called('a login with a code', 'a code in a session');
const ending = called('changes the password', 'resets the password', 'is locked', 'deletes the account');

describe.each(going)('%s', (name, goes) => {
  const proved = async () => {
    const world = await newWorld(service, true);
    await (name.includes('login') ? anApp : aCode)(world, service);
    await raise(service, { sessionId: world.person.claims.sid });
    return world;
  };
  // That of the password's change goes on, and that alone.
  const left = (end: string) => (end === 'changes the password' ? 1 : 0);
  it.each(ending)('S83: and before that is committed, the person %s: nothing lives on', async (end, ends) => {
    const world = await proved();
    await together(world, goes, ends);
    expect(await liveOf(world)).toHaveLength(left(end));
  });
  it.each(ending)('S83: before it is committed that the person %s: nothing lives on', async (end, ends) => {
    const world = await proved();
    await together(world, ends, goes);
    expect(await liveOf(world)).toHaveLength(left(end));
  });
  it('S83: twice at once: it counts once', async () => {
    const world = await proved();
    const before = (await liveOf(world)).length;
    const answers = await together(world, goes, goes);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await liveOf(world)).length).toBe(before + (name.includes('login') ? 1 : 0));
  });
});

it('S83: an app that is removed at this moment opens nothing', async () => {
  const world = await newWorld(service, true);
  await anAppAtLevel2(world, service);
  const [[, removes], [, logsIn]] = called('an authenticator app that is removed', 'a login with a code') as [
    [string, StoreCall],
    [string, StoreCall],
  ];
  expect(await together(world, removes, logsIn)).toEqual([{ verdict: 'removed', stale_acr: null }, null]);
});
