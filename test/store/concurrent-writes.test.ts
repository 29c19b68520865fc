/**
 * Every pair of writes of one account and its organisations at once: the first has done its work and is not committed
 * when the second begins, which waits for it, or overtakes it. Whatever comes of it, the events tell it.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/aws/data-api.ts';
import { newId, type OrgId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import type { Origin } from '../../functions/domain/origin.ts';
import { firstRefreshToken, seedsOf } from '../../functions/domain/refresh-token.ts';
import { settings } from '../../functions/settings.ts';
import { deleteAccount } from '../../functions/store/account-deletion.ts';
import { endSessions, lockAccount, unlockAccount } from '../../functions/store/administration.ts';
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
import { databaseOf, originAt } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { chainKeys, type Inhabitant, newWorld, stateInDatabase, stateTold, type World } from '../support/told-world.ts';

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
const leave = (who: Inhabitant, orgId: OrgId, origin: Origin) =>
  removeMember(database, who.claims, { orgId, userId: who.userId }, origin);
const remove = (by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, origin: Origin) =>
  removeMember(database, by.claims, { orgId, userId }, origin);
const demote = (by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, origin: Origin) =>
  setRoles(database, by.claims, { orgId, userId }, ['member'], origin);
const inviteTo = (by: Inhabitant, orgId: OrgId, email: string, origin: Origin) =>
  invite(
    database,
    by.claims,
    { tokenId: newId<TokenId>(), orgId, email, roles: ['member'], expiresAt: inADay() },
    [],
    origin,
  );
const accept = (who: Inhabitant, tokenId: TokenId, by: Inhabitant, origin: Origin) =>
  acceptInvitation(
    database,
    who.claims,
    { purpose: 'invitation', tokenId, userId: by.userId, expiresAt: inADay() },
    origin,
  );
const deleteTheirs = ({ addressKey, claims }: Inhabitant, origin: Origin) =>
  deleteAccount(database, claims, { addressKey, sessionKey: addressKey, passwordEpoch: 0 }, origin);

const writes: Readonly<Record<string, (world: World, origin: Origin) => Promise<unknown>>> = {
  'deletes the account': ({ person }, origin) => deleteTheirs(person, origin),
  'the other owner deletes theirs': ({ peer }, origin) => deleteTheirs(peer, origin),
  'founds an organisation': ({ person }, origin) =>
    createOrganization(database, person.claims, { orgId: newId<OrgId>(), name: 'Another' }, origin),
  'invites somebody': ({ person, own }, origin) => inviteTo(person, own, 'somebody@example.com', origin),
  'invites the guest again': ({ person, own, guest }, origin) => inviteTo(person, own, guest.email, origin),
  'accepts an invitation': ({ person, peer, personInvitation }, origin) =>
    accept(person, personInvitation, peer, origin),
  'the guest accepts': ({ guest, person, guestInvitation }, origin) => accept(guest, guestInvitation, person, origin),
  'demotes the other owner': ({ person, peer, shared }, origin) => demote(person, shared, peer, origin),
  'is demoted by the other owner': ({ person, peer, shared }, origin) => demote(peer, shared, person, origin),
  'removes the other owner': ({ person, peer, shared }, origin) => remove(person, shared, peer, origin),
  'is removed by the other owner': ({ person, peer, shared }, origin) => remove(peer, shared, person, origin),
  leaves: ({ person, shared }, origin) => leave(person, shared, origin),
  'the other owner leaves': ({ peer, shared }, origin) => leave(peer, shared, origin),
  'proves the address': ({ person, verification }, origin) =>
    redeemVerification(
      database,
      { purpose: 'verify_email', tokenId: verification, userId: person.userId, expiresAt: inADay() },
      origin,
    ),
  'asks for a reset': ({ person }, origin) =>
    requestLink(database, { purpose: 'reset_password', emailKey: person.email, expiresAt: inADay() }, [], origin),
  'resets the password': ({ person, reset }, origin) =>
    redeemReset(
      database,
      { purpose: 'reset_password', tokenId: reset, userId: person.userId, expiresAt: inADay() },
      { passwordHash: 'reset', addressKey: person.addressKey, loginsKey: person.addressKey },
      origin,
    ),
  'changes the password': ({ person }, origin) =>
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
      origin,
    ),
  'is locked': ({ admin, person }, origin) => lockAccount(database, admin.claims, person.userId, inADay(), origin),
  'is unlocked': ({ admin, person }, origin) => unlockAccount(database, admin.claims, person, origin),
  'is signed out by an administrator': ({ admin, person }, origin) =>
    endSessions(database, admin.claims, person.userId, origin),
  'signs out everywhere': ({ person }, origin) =>
    revokeAllSessions(database, person.claims, { keepCurrent: false }, origin),
  'ends another session': ({ person, second }, origin) =>
    revokeOwnSession(database, person.claims, second.sessionId, origin),
  'logs out': ({ person }, origin) => endSession(database, person.token.sessionId, origin),
  'logs in': ({ person, own }, origin) =>
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
      origin,
    ),
  'refreshes into another organisation': ({ second, shared }, origin) =>
    presentRefreshToken(database, second.token, seedsOf(second.token, chainKeys)[0], shared, origin),
  'registers the same address': ({ person }, origin) =>
    createUser(
      database,
      {
        userId: newId<UserId>(),
        email: person.email,
        passwordHash: randomBytes(8).toString('hex'),
        personName: undefined,
        locale: undefined,
        organization: { orgId: newId<OrgId>(), name: 'New' },
        claimEnd: inADay(),
        verification: { tokenId: newId<TokenId>(), expiresAt: inADay() },
      },
      [],
      origin,
    ),
};

const names = Object.keys(writes);

describe.each(names)('%s, and before that is committed', (first) => {
  it.each(names)('%s: S46: the events tell what comes of it', async (second) => {
    // Who proves an address has it unproved; who invites and accepts has it proved.
    const world = await newWorld(service, ![first, second].includes('proves the address'));
    const among = [world.person, world.peer, world.guest, world.admin].map(({ userId }) => userId);
    const origins = [originAt(new Date()), originAt(new Date())] as const;
    const before = await stateInDatabase(service, among, origins[0].now);

    const outcomes = await gate.inOrder(
      async () => writes[first]?.(world, origins[0]),
      async () => writes[second]?.(world, origins[1]),
    );

    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'done'))).toEqual([
      'done',
      'done',
    ]);
    const told = await stateTold(
      service,
      before,
      origins.map(({ correlationId }) => correlationId),
    );
    expect(told).toEqual(await stateInDatabase(service, among, origins[0].now));
  });
});

it('S46: an account whose password changes at this moment is not deleted by the old one, nor any membership of it', async () => {
  const world = await newWorld(service, true);
  const memberships = () => service.sql('select org_id from memberships where user_id = $1', [world.person.userId]);
  const before = await memberships();
  const outcomes = await gate.inOrder<unknown>(
    async () => writes['changes the password']?.(world, originAt(new Date())),
    async () => writes['deletes the account']?.(world, originAt(new Date())),
  );
  expect(outcomes[1]).toMatchObject({ status: 'fulfilled', value: { outcome: 'caller_gone' } });
  expect(await memberships()).toEqual(before);
});

it('S60: of two who register an address at once, the second is told as if it had come later', async () => {
  const { person } = await newWorld(service, true);
  await service.sql('delete from memberships where user_id = $1', [person.userId]);
  await service.sql('delete from users where user_id = $1', [person.userId]);
  const register = () => writes['registers the same address']?.({ person } as World, originAt(new Date()));
  const outcomes = await gate.inOrder(
    async () => register(),
    async () => register(),
  );
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([true, false]);
});

it('counts the organisation that is founded at this moment against the limit', async () => {
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
  const found = () => writes['founds an organisation']?.({ person } as World, originAt(new Date()));
  const outcomes = await gate.inOrder(
    async () => found(),
    async () => found(),
  );
  expect(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual([
    'created',
    'too_many_organizations',
  ]);
});
