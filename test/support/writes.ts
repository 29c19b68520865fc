import { newId, type OrgId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { firstRefreshToken, type RefreshToken, seedsOf } from '../../functions/domain/refresh-token.ts';
import type { RequestContext } from '../../functions/domain/request-context.ts';
import { sessionLifetime } from '../../functions/domain/session-lifetime.ts';
import { deleteAccount } from '../../functions/store/account-deletion.ts';
import { endSessions, lockAccount, unlockAccount } from '../../functions/store/administration.ts';
import { logOutBrowser } from '../../functions/store/browser-logout.ts';
import { claimAccount } from '../../functions/store/claims.ts';
import type { Database } from '../../functions/store/database.ts';
import { acceptInvitation, invite } from '../../functions/store/invitations.ts';
import { byPassword, type NewSession, openSession } from '../../functions/store/logins.ts';
import { removeMember, setRoles } from '../../functions/store/memberships.ts';
import { requestLink } from '../../functions/store/one-time-tokens.ts';
import { createOrganization } from '../../functions/store/organizations.ts';
import { redeemReset } from '../../functions/store/password-resets.ts';
import { changePassword } from '../../functions/store/passwords.ts';
import { presentRefreshToken } from '../../functions/store/refresh.ts';
import { endSession, revokeAllSessions, revokeOwnSession } from '../../functions/store/sessions.ts';
import { createUser } from '../../functions/store/users.ts';
import { redeemVerification } from '../../functions/store/verification.ts';
import { defaultSettings as settings } from './settings.ts';
import { chainKeys, type Inhabitant, type World } from './world.ts';

/** A statement of the store, as a request in a world sends it. */
export type StoreCall = (world: World, context: RequestContext, database: Database) => Promise<unknown>;

export const inADay = () => new Date(Date.now() + 24 * 60 * 60 * 1000);
const leave = (database: Database, who: Inhabitant, orgId: OrgId, context: RequestContext) =>
  removeMember(database, who.claims, { orgId, userId: who.userId }, context);
const remove = (database: Database, by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, context: RequestContext) =>
  removeMember(database, by.claims, { orgId, userId }, context);
const demote = (database: Database, by: Inhabitant, orgId: OrgId, { userId }: Inhabitant, context: RequestContext) =>
  setRoles(database, by.claims, { orgId, userId }, ['member'], context);
const inviteTo = (database: Database, by: Inhabitant, orgId: OrgId, email: string, context: RequestContext) =>
  invite(
    database,
    by.claims,
    { tokenId: newId<TokenId>(), orgId, email, roles: ['member'], expiresAt: inADay() },
    [],
    context,
  );
const accept = (database: Database, who: Inhabitant, tokenId: TokenId, by: Inhabitant, context: RequestContext) =>
  acceptInvitation(
    database,
    who.claims,
    { purpose: 'invitation', tokenId, userId: by.userId, expiresAt: inADay() },
    settings,
    context,
  );
const deleteTheirs = (database: Database, { addressKey, claims }: Inhabitant, context: RequestContext) =>
  deleteAccount(
    database,
    claims,
    { addressKey, sessionKey: addressKey, passwordEpoch: 0, settings, passwordShown: true },
    context,
  );

/** A session that is yet to be opened. */
export const newSession = (): NewSession => {
  const { sessionId, hash } = firstRefreshToken(newId<SessionId>(), chainKeys);
  return { sessionId, hash, kind: 'api', ...sessionLifetime(settings) };
};

export const signsInAtBrowser = (
  database: Database,
  { userId, email, addressKey }: Inhabitant,
  { browser }: World,
  context: RequestContext,
) =>
  openSession(
    database,
    {
      userId,
      email,
      orgId: null,
      deviceName: undefined,
      session: { ...newSession(), kind: 'browser', replaces: browser },
      shown: byPassword,
      passwordEpoch: 0,
      upgradedHash: null,
      guessKey: addressKey,
      knownDevice: true,
    },
    [],
    context,
  );

export const newcomer = (email: string) => ({
  userId: newId<UserId>(),
  email,
  passwordHash: 'hash',
  profile: {},
  organization: null,
  claimEnd: inADay(),
  verification: { tokenId: newId<TokenId>(), expiresAt: inADay() },
});

/** @returns what the request goes by */
export async function present(database: Database, token: RefreshToken, context: RequestContext, orgId?: OrgId) {
  const presented = { token, seed: seedsOf(token, chainKeys)[0], orgId };
  const answer = await presentRefreshToken(database, presented, settings, context);
  if (answer.verdict !== 'rotated' && answer.verdict !== 'replayed') return answer.verdict;
  const { verdict, current_hash, user_id, org_id } = answer;
  return { verdict, current_hash: Buffer.from(current_hash).toString('hex'), user_id, org_id };
}

export const writes: Readonly<Record<string, StoreCall>> = {
  'deletes the account': ({ person }, context, database) => deleteTheirs(database, person, context),
  'the other owner deletes theirs': ({ peer }, context, database) => deleteTheirs(database, peer, context),
  'founds an organisation': ({ person }, context, database) =>
    createOrganization(database, person.claims, { orgId: newId<OrgId>(), name: 'Another' }, settings, context),
  'invites somebody': ({ person, own }, context, database) =>
    inviteTo(database, person, own, 'somebody@example.com', context),
  'invites the guest again': ({ person, own, guest }, context, database) =>
    inviteTo(database, person, own, guest.email, context),
  'accepts an invitation': ({ person, peer, personInvitation }, context, database) =>
    accept(database, person, personInvitation, peer, context),
  'the guest accepts': ({ guest, person, guestInvitation }, context, database) =>
    accept(database, guest, guestInvitation, person, context),
  'demotes the other owner': ({ person, peer, shared }, context, database) =>
    demote(database, person, shared, peer, context),
  'is demoted by the other owner': ({ person, peer, shared }, context, database) =>
    demote(database, peer, shared, person, context),
  'removes the other owner': ({ person, peer, shared }, context, database) =>
    remove(database, person, shared, peer, context),
  'is removed by the other owner': ({ person, peer, shared }, context, database) =>
    remove(database, peer, shared, person, context),
  leaves: ({ person, shared }, context, database) => leave(database, person, shared, context),
  'the other owner leaves': ({ peer, shared }, context, database) => leave(database, peer, shared, context),
  'proves the address': ({ person, verification }, context, database) =>
    redeemVerification(
      database,
      { purpose: 'verify_email', tokenId: verification, userId: person.userId, expiresAt: inADay() },
      context,
    ),
  'claims it by mail': ({ person, own }, context, database) =>
    claimAccount(
      database,
      { userId: person.userId, passwordEpoch: 0, once: oneUse('email-login', [own], inADay()) },
      context,
    ),
  'asks for a reset': ({ person }, context, database) =>
    requestLink(database, { purpose: 'reset_password', emailKey: person.email, expiresAt: inADay() }, [], context),
  'resets the password': ({ person, reset }, context, database) =>
    redeemReset(
      database,
      { purpose: 'reset_password', tokenId: reset, userId: person.userId, expiresAt: inADay() },
      { passwordHash: 'reset', addressKey: person.addressKey, loginsKey: person.addressKey },
      context,
    ),
  'changes the password': ({ person }, context, database) =>
    changePassword(
      database,
      person.claims,
      {
        newHash: 'changed',
        freshHash: null,
        passwordEpoch: 0,
        addressKey: person.addressKey,
        sessionKey: person.addressKey,
        settings,
        passwordShown: true,
      },
      context,
    ),
  'is locked': ({ admin, person }, context, database) =>
    lockAccount(database, admin.claims, person.userId, inADay(), settings, context),
  'is unlocked': ({ admin, person }, context, database) =>
    unlockAccount(database, admin.claims, { ...person, mailboxKey: person.addressKey }, settings, context),
  'is signed out by an administrator': ({ admin, person }, context, database) =>
    endSessions(database, admin.claims, person.userId, context),
  'signs out everywhere': ({ person }, context, database) =>
    revokeAllSessions(database, person.claims, { keepCurrent: false }, context),
  'ends another session': ({ person, second }, context, database) =>
    revokeOwnSession(database, person.claims, second.sessionId, context),
  'logs out': ({ person }, context, database) => endSession(database, person.token.sessionId, context),
  'logs in': ({ person, own }, context, database) =>
    openSession(
      database,
      {
        userId: person.userId,
        email: person.email,
        orgId: own,
        deviceName: undefined,
        session: newSession(),
        shown: byPassword,
        passwordEpoch: 0,
        upgradedHash: null,
        guessKey: person.addressKey,
        knownDevice: false,
      },
      [],
      context,
    ),
  'signs in again at a browser': (world, context, database) => signsInAtBrowser(database, world.person, world, context),
  'signs out of a browser': ({ browser }, context, database) =>
    logOutBrowser(
      database,
      { cookie: browser, clientId: null, hint: null, redirectUri: null, confirmed: true },
      context,
    ),
  'refreshes into another organisation': ({ second, shared }, context, database) =>
    present(database, second.token, context, shared),
  'registers the same address': ({ person }, context, database) =>
    createUser(
      database,
      { ...newcomer(person.email), organization: { orgId: newId<OrgId>(), name: 'New' } },
      [],
      context,
    ),
};
