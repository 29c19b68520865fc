/**
 * A client is given something at the moment at which a person, or somebody for them, ends it: the first has done its work
 * but is not committed when the second begins. In either order nothing that was given lives on, and
 * the client is told so.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sidOf } from '../../functions/domain/browser-session.ts';
import { saveClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { withdrawConsent } from '../../functions/store/given-consents.ts';
import { isLive } from '../../functions/store/sessions.ts';
import { clientOf, toSave } from '../support/client-calls.ts';
import { codeOf, grantCalls } from '../support/grant-calls.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { consentOf } from '../support/oauth-calls.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
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

const call = (from: Readonly<Record<string, StoreCall>>, name: string): StoreCall => {
  const found = from[name];
  if (!found) throw new Error(`there is no call ${name}`);
  return found;
};
const gives = {
  'a code is exchanged': call(grantCalls, 'a code for a session'),
  "a client's token is refreshed": call(grantCalls, "a client's refresh"),
};
const ends: Readonly<Record<string, StoreCall>> = {
  'takes the consent back': (world, context, of) => withdrawConsent(of, world.person.claims, consentOf(world), context),
  ...Object.fromEntries(
    [
      'signs out everywhere',
      'is signed out by an administrator',
      'is locked',
      'changes the password',
      'resets the password',
      'deletes the account',
    ].map((name) => [name, call(writes, name)]),
  ),
};
/** What does not end sessions that outlive the browser's. */
const endsAtBrowser = { 'signs out of a browser': call(writes, 'signs out of a browser') };

/** Somebody else's client, with a consent, a code, and the person's second session. */
async function withGrants(offline: boolean): Promise<World> {
  const world = await newWorld(service, true);
  const told = { backchannel_logout_uri: 'https://app.example/logout' };
  await saveClient(database, 'operator', toSave(world, told), 'create', contextAt(new Date()));
  const scope = offline ? ['openid', 'offline_access'] : ['openid'];
  const of = [clientOf(world), world.person.userId, scope];
  await service.sql(
    `insert into consents (consent_id, user_id, client_id, scopes, consent_hash, given_at)
    select $4, $2, client_id, $3, consent_hash, now() - interval '1 day' from clients where client_id = $1`,
    [...of, consentOf(world)],
  );
  await service.sql(
    `insert into authorization_codes (
      client_id, user_id, scope, code_hash, password_epoch, browser_session_id, redirect_uri, code_challenge, auth_time,
      created_at, expires_at
    )
    values ($1, $2, $3, $4, 0, $5, 'https://app.example/', 'c', now(), now(), now() + interval '1 minute')`,
    [...of, codeOf(world), world.browser.sessionId],
  );
  await service.sql(
    `update sessions
    set kind = 'client', client_id = $1, scope = $3, browser_session_id = $5, offline = $6, sid = 'sid', refresh = 'rotates'
    where session_id = $4 and user_id = $2`,
    [...of, world.second.sessionId, world.browser.sessionId, offline],
  );
  return world;
}

const live = (world: World) =>
  database.query(
    `select s.session_id from sessions s join users u using (user_id) where s.client_id = :client_id and ${isLive}`,
    { client_id: clientOf(world), now: new Date() },
  );

async function together(world: World, first: StoreCall, second: StoreCall) {
  const outcomes = await gate.inOrder(
    async () => first(world, contextAt(new Date()), database),
    async () => second(world, contextAt(new Date()), database),
  );
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'))).toEqual([
    'done',
    'done',
  ]);
  return live(world);
}

/** What the client is to be told of: each `sid` of the person. */
const told = async (world: World) =>
  (
    await service.sql("select data ->> 'sid' as sid from event_outbox where topic = $1 and data ->> 'client_id' = $2", [
      'huleedu.identity.client.signed_out.v1',
      clientOf(world),
    ])
  ).map(({ sid }) => sid);

for (const [offline, ending] of [
  [true, ends],
  [false, endsAtBrowser],
] as const) {
  describe.each(Object.entries(gives))('%s', (name, give) => {
    it.each(Object.entries(ending))(
      'S75, S82: and before that is committed, a person %s: nothing lives on, and the client is told',
      async (__, end) => {
        const world = await withGrants(offline);
        expect(await together(world, give, end)).toEqual([]);
        const given = name === 'a code is exchanged' ? [sidOf(world.browser, clientOf(world))] : [];
        expect((await told(world)).sort()).toEqual(['sid', ...given].sort());
      },
    );
    it.each(Object.entries(ending))(
      'S75: before it is committed that a person %s: nothing lives on',
      async (__, end) => {
        expect(await together(await withGrants(offline), end, give)).toEqual([]);
      },
    );
  });
}
