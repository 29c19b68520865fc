/**
 * Every pair of concurrent writes to one account and its organisations: the first has done its work but is not
 * committed when the second begins, which waits for it or overtakes it. The events must describe the result in every
 * case.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type OrgId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import { firstRefreshToken, seedsOf } from '../../functions/domain/refresh-token.ts';
import type { RequestContext } from '../../functions/domain/request-context.ts';
import { deleteAccount } from '../../functions/store/account-deletion.ts';
import { endSessions, lockAccount, unlockAccount } from '../../functions/store/administration.ts';
import type { Database } from '../../functions/store/database.ts';
import { acceptInvitation, invite } from '../../functions/store/invitations.ts';
import { openSession } from '../../functions/store/logins.ts';
import { removeMember, setRoles } from '../../functions/store/memberships.ts';
import { requestLink } from '../../functions/store/one-time-tokens.ts';
import { createOrganization } from '../../functions/store/organizations.ts';
import { redeemReset } from '../../functions/store/password-resets.ts';
import { changePassword } from '../../functions/store/passwords.ts';
import { presentRefreshToken } from '../../functions/store/refresh.ts';
import { endSession, revokeAllSessions, revokeOwnSession } from '../../functions/store/sessions.ts';
import { createUser } from '../../functions/store/users.ts';
import { redeemVerification } from '../../functions/store/verification.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings as settings } from '../support/settings.ts';
import { sharedService } from '../support/shared-service.ts';
import { chainKeys, type Inhabitant, newWorld, type World } from '../support/world.ts';
import { stateByEvents, stateInDatabase } from '../support/world-state.ts';

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

const inADay = () => new Date(Date.now() + 24 * 60 * 60 * 1000);
const leave = (who: Inhabitant, orgId: OrgId, context: RequestContext) =>
  removeMember(database, who.claims, { orgId, userId: who.userId }, context);
const remove = (by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, context: RequestContext) =>
  removeMember(database, by.claims, { orgId, userId }, context);
const demote = (by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, context: RequestContext) =>
  setRoles(database, by.claims, { orgId, userId }, ['member'], context);
const inviteTo = (by: Inhabitant, orgId: OrgId, email: string, context: RequestContext) =>
  invite(
    database,
    by.claims,
    { tokenId: newId<TokenId>(), orgId, email, roles: ['member'], expiresAt: inADay() },
    [],
    context,
  );
const accept = (who: Inhabitant, tokenId: TokenId, by: Inhabitant, context: RequestContext) =>
  acceptInvitation(
    database,
    who.claims,
    { purpose: 'invitation', tokenId, userId: by.userId, expiresAt: inADay() },
    settings,
    context,
  );
const deleteTheirs = ({ addressKey, claims }: Inhabitant, context: RequestContext) =>
  deleteAccount(database, claims, { addressKey, sessionKey: addressKey, passwordEpoch: 0 }, context);

const writes: Readonly<Record<string, (world: World, context: RequestContext) => Promise<unknown>>> = {
  'deletes the account': ({ person }, context) => deleteTheirs(person, context),
  'the other owner deletes theirs': ({ peer }, context) => deleteTheirs(peer, context),
  'founds an organisation': ({ person }, context) =>
    createOrganization(database, person.claims, { orgId: newId<OrgId>(), name: 'Another' }, settings, context),
  'invites somebody': ({ person, own }, context) => inviteTo(person, own, 'somebody@example.com', context),
  'invites the guest again': ({ person, own, guest }, context) => inviteTo(person, own, guest.email, context),
  'accepts an invitation': ({ person, peer, personInvitation }, context) =>
    accept(person, personInvitation, peer, context),
  'the guest accepts': ({ guest, person, guestInvitation }, context) => accept(guest, guestInvitation, person, context),
  'demotes the other owner': ({ person, peer, shared }, context) => demote(person, shared, peer, context),
  'is demoted by the other owner': ({ person, peer, shared }, context) => demote(peer, shared, person, context),
  'removes the other owner': ({ person, peer, shared }, context) => remove(person, shared, peer, context),
  'is removed by the other owner': ({ person, peer, shared }, context) => remove(peer, shared, person, context),
  leaves: ({ person, shared }, context) => leave(person, shared, context),
  'the other owner leaves': ({ peer, shared }, context) => leave(peer, shared, context),
  'proves the address': ({ person, verification }, context) =>
    redeemVerification(
      database,
      { purpose: 'verify_email', tokenId: verification, userId: person.userId, expiresAt: inADay() },
      context,
    ),
  'asks for a reset': ({ person }, context) =>
    requestLink(database, { purpose: 'reset_password', emailKey: person.email, expiresAt: inADay() }, [], context),
  'resets the password': ({ person, reset }, context) =>
    redeemReset(
      database,
      { purpose: 'reset_password', tokenId: reset, userId: person.userId, expiresAt: inADay() },
      { passwordHash: 'reset', addressKey: person.addressKey, loginsKey: person.addressKey },
      context,
    ),
  'changes the password': ({ person }, context) =>
    changePassword(
      database,
      person.claims,
      {
        newHash: 'changed',
        freshHash: null,
        passwordEpoch: 0,
        addressKey: person.addressKey,
        sessionKey: person.addressKey,
      },
      context,
    ),
  'is locked': ({ admin, person }, context) => lockAccount(database, admin.claims, person.userId, inADay(), context),
  'is unlocked': ({ admin, person }, context) =>
    unlockAccount(database, admin.claims, { ...person, mailboxKey: person.addressKey }, context),
  'is signed out by an administrator': ({ admin, person }, context) =>
    endSessions(database, admin.claims, person.userId, context),
  'signs out everywhere': ({ person }, context) =>
    revokeAllSessions(database, person.claims, { keepCurrent: false }, context),
  'ends another session': ({ person, second }, context) =>
    revokeOwnSession(database, person.claims, second.sessionId, context),
  'logs out': ({ person }, context) => endSession(database, person.token.sessionId, context),
  'logs in': ({ person, own }, context) =>
    openSession(
      database,
      {
        userId: person.userId,
        email: person.email,
        orgId: own,
        deviceName: undefined,
        token: firstRefreshToken(newId<SessionId>(), chainKeys),
        passwordEpoch: 0,
        upgradedHash: null,
        guessKey: person.addressKey,
        knownDevice: false,
      },
      [],
      settings,
      context,
    ),
  'refreshes into another organisation': ({ second, shared }, context) =>
    presentRefreshToken(
      database,
      { token: second.token, seed: seedsOf(second.token, chainKeys)[0], orgId: shared },
      settings,
      context,
    ),
  'registers the same address': ({ person }, context) =>
    createUser(
      database,
      {
        userId: newId<UserId>(),
        email: person.email,
        passwordHash: randomBytes(8).toString('hex'),
        profile: {},
        organization: { orgId: newId<OrgId>(), name: 'New' },
        claimEnd: inADay(),
        verification: { tokenId: newId<TokenId>(), expiresAt: inADay() },
      },
      [],
      context,
    ),
};

const names = Object.keys(writes);

describe.each(names)('%s, and before that is committed', (first) => {
  it.each(names)('%s: S46: the events describe the result', async (second) => {
    // To prove an address, it must be unproved; to invite and accept, it must be proved.
    const world = await newWorld(service, ![first, second].includes('proves the address'));
    const among = [world.person, world.peer, world.guest, world.admin].map(({ userId }) => userId);
    const origins = [contextAt(new Date()), contextAt(new Date())] as const;
    const before = await stateInDatabase(service, among, origins[0].now);

    const outcomes = await gate.inOrder(
      async () => writes[first]?.(world, origins[0]),
      async () => writes[second]?.(world, origins[1]),
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
    async () => writes['changes the password']?.(world, contextAt(new Date())),
    async () => writes['deletes the account']?.(world, contextAt(new Date())),
  );
  expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { outcome: 'caller_gone' } });
  expect(await memberships()).toEqual(before);
});

it('S60: of two who register an address at once, the second gets the answer of a later registration', async () => {
  const { person } = await newWorld(service, true);
  await service.sql('delete from memberships where user_id = $1', [person.userId]);
  await service.sql('delete from users where user_id = $1', [person.userId]);
  const register = () => writes['registers the same address']?.({ person } as World, contextAt(new Date()));
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
  const found = () => writes['founds an organisation']?.({ person } as World, contextAt(new Date()));
  const outcomes = await gate.inOrder(
    async () => found(),
    async () => found(),
  );
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([
    'created',
    'too_many_organizations',
  ]);
});
