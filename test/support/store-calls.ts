/** The other writing statements of the store that requests send. Those of jobs and consumers are in job-calls.ts. */
import { randomBytes } from 'node:crypto';
import { type ClientId, newId, type TokenId } from '../../functions/domain/ids.ts';
import { pseudonymizer } from '../../functions/domain/pseudonym.ts';
import { type Limit, limitsAt } from '../../functions/domain/rate-limit.ts';
import type { RequestContext } from '../../functions/domain/request-context.ts';
import { exportAccount } from '../../functions/store/account-export.ts';
import { findUser } from '../../functions/store/administered-user.ts';
import { listAuditOf } from '../../functions/store/audit-trail.ts';
import { logOutBrowser } from '../../functions/store/browser-logout.ts';
import { chooseAccount, findBrowserSession } from '../../functions/store/browser-sessions.ts';
import type { Database } from '../../functions/store/database.ts';
import { type FailedLogin, recordFailedLogin, recordUnverifiedLogin } from '../../functions/store/failed-logins.ts';
import { invite } from '../../functions/store/invitations.ts';
import { admitLogin } from '../../functions/store/login-admission.ts';
import { byPassword, openSession } from '../../functions/store/logins.ts';
import { removeMember, setRoles } from '../../functions/store/memberships.ts';
import { requestLink } from '../../functions/store/one-time-tokens.ts';
import { setPolicy } from '../../functions/store/organization-policy.ts';
import { findResetAddress } from '../../functions/store/password-resets.ts';
import { changePassword, findCallerCredentials, findCredentials } from '../../functions/store/passwords.ts';
import { grantPlatformAdmin, revokePlatformAdmin } from '../../functions/store/platform-roles.ts';
import { findProfile, updateProfile } from '../../functions/store/profiles.ts';
import { admit } from '../../functions/store/rate-limits.ts';
import { reauthenticate } from '../../functions/store/reauthentication.ts';
import { listSessions, revokeAllSessions, revokeOwnSession } from '../../functions/store/sessions.ts';
import { disownAccount } from '../../functions/store/unproved-accounts.ts';
import { importUsers } from '../../functions/store/user-import.ts';
import { createUser } from '../../functions/store/users.ts';
import { guessCode } from '../../functions/store/verification.ts';
import { defaultSettings as settings, settingsWith } from './settings.ts';
import type { Inhabitant, World } from './world.ts';
import { inADay, newcomer, newSession, present, type StoreCall, signsInAtBrowser } from './writes.ts';

const page = { after: null, limit: 10 };
const pseudonymize = pseudonymizer(randomBytes(32));
/** All that counts this person, whatever for. */
export const counted = ({ person: { userId } }: World, { now }: Pick<RequestContext, 'now'>) => {
  const limits = limitsAt(now, pseudonymize, settings);
  return [...limits.by('loginPerAddress', userId), ...limits.by('codePerAccountDaily', userId)];
};
/** Whoever gave the password with the request. */
const sure = { settings, passwordShown: true } as const;
const narrow = settingsWith({ rateLimits: { loginPerIp: { limit: 1 } } });
/** Full after one. */
export const exhausted = ({ person }: World, { now }: Pick<RequestContext, 'now'>) =>
  limitsAt(now, pseudonymize, narrow).by('loginPerIp', person.userId);

const failure = ({ person }: World, more: Partial<FailedLogin> = {}): FailedLogin => ({
  email: person.email,
  userId: person.userId,
  reason: 'invalid_password',
  guessKey: person.addressKey,
  guessedBy: 'address',
  ...more,
});
const signIn = (
  database: Database,
  { userId, email, addressKey }: Inhabitant,
  limits: readonly Limit[],
  context: RequestContext,
) =>
  openSession(
    database,
    {
      userId,
      email,
      orgId: null,
      deviceName: 'new',
      session: newSession(),
      shown: byPassword,
      passwordEpoch: 0,
      upgradedHash: 'upgraded',
      guessKey: addressKey,
      knownDevice: false,
    },
    limits,
    context,
  );
const verification = ({ person, verification: tokenId }: World) =>
  ({ purpose: 'verify_email', tokenId, userId: person.userId, expiresAt: inADay() }) as const;

const admitted = (
  database: Database,
  { person: { email, addressKey } }: World,
  limits: readonly Limit[],
  context: RequestContext,
) =>
  admitLogin(
    database,
    { email, emailKey: email, addressKey, device: null, deviceKey: null },
    limits,
    settings,
    context,
  );
const asMember = ({ peer, shared }: World) => ({ orgId: shared, userId: peer.userId });

export const storeCalls: Readonly<Record<string, StoreCall>> = {
  'a failed login': (world, context, database) => recordFailedLogin(database, failure(world), settings, context),
  'a failed login that locks': (world, context, database) =>
    recordFailedLogin(database, failure(world), { ...settings, lockoutFailures: 1 }, context),
  'a failure of a session': (world, context, database) =>
    recordFailedLogin(database, failure(world, { guessedBy: 'session' }), { ...settings, lockoutFailures: 1 }, context),
  'an unverified login': (world, context, database) =>
    recordUnverifiedLogin(
      database,
      { userId: world.person.userId, email: world.person.email, linkEnd: inADay() },
      counted(world, context),
      context,
    ),
  'an admitted login': (world, context, database) => admitted(database, world, counted(world, context), context),
  'a refused login': (world, context, database) => admitted(database, world, exhausted(world, context), context),
  'a login on a new device': (world, context, database) =>
    signIn(database, world.person, counted(world, context), context),
  'a login that may not be told': (world, context, database) =>
    signIn(database, world.person, exhausted(world, context), context),
  'a refresh': ({ person }, context, database) => present(database, person.token, context),
  'a refresh with a token that is honoured once': ({ second }, context, database) =>
    present(database, second.token, context),
  'a replayed refresh': ({ second }, context, database) => present(database, second.token, context),
  'a refresh with a stolen token': ({ second }, context, database) => present(database, second.token, context),
  'the password again': ({ person }, context, database) =>
    reauthenticate(database, person.claims, { passwordEpoch: 0, sessionKey: person.addressKey }, settings, context),
  'a new password and new tokens': ({ person: { claims, addressKey } }, context, database) =>
    changePassword(
      database,
      claims,
      { newHash: 'changed', freshHash: addressKey, passwordEpoch: 0, addressKey, sessionKey: addressKey, ...sure },
      context,
    ),
  'the credentials of the caller': (world, context, database) =>
    findCallerCredentials(database, world.person.claims, counted(world, context), sure, context),
  'the credentials of the holder of a link': (world, context, database) =>
    findCredentials(database, world.person.userId, counted(world, context), context),
  'the address of a reset link': (world, context, database) =>
    findResetAddress(
      database,
      { ...verification(world), purpose: 'reset_password', tokenId: world.reset },
      counted(world, context),
      context,
    ),
  'a guess of a code': (world, context, database) =>
    guessCode(database, world.person.userId, counted(world, context), context),
  'what is counted alone': (world, context, database) => admit(database, counted(world, context), context),
  'what is refused alone': (world, context, database) => admit(database, exhausted(world, context), context),
  'a verification link': (world, context, database) =>
    requestLink(
      database,
      { purpose: 'verify_email', emailKey: world.person.email, expiresAt: inADay() },
      counted(world, context),
      context,
    ),
  'a reset link for nobody': (world, context, database) =>
    requestLink(
      database,
      { purpose: 'reset_password', emailKey: 'nobody@example.com', expiresAt: inADay() },
      counted(world, context),
      context,
    ),
  'a registration': (world, context, database) =>
    createUser(
      database,
      { ...newcomer(`new-${world.person.email}`), organization: { orgId: newId(), name: 'New' } },
      counted(world, context),
      context,
    ),
  'a registration of a proved address': (world, context, database) =>
    createUser(database, newcomer(world.person.email), counted(world, context), context),
  'a registration of an unproved address': (world, context, database) =>
    createUser(database, newcomer(world.person.email), counted(world, context), context),
  'the owner disowns': (world, context, database) => disownAccount(database, verification(world), context),
  'an import': ({ person }, { now, correlationId }, database) =>
    importUsers(
      database,
      [
        { line: 1, email: `new-${person.email}` },
        { line: 2, email: person.email },
      ],
      {
        announce: true,
        now,
        correlationId,
      },
    ),
  "a browser's session": ({ browser }, { now }, database) => findBrowserSession(database, browser, now),
  "a login at another person's browser": (world, context, database) =>
    signsInAtBrowser(database, world.peer, world, context),
  'the choice of an account': ({ browser }, context, database) => chooseAccount(database, browser, context),
  "the end of a browser's session by a hint": async ({ person, browser }, context, database) =>
    logOutBrowser(
      database,
      {
        cookie: browser,
        clientId: 'reader' as ClientId,
        hint: { sub: person.userId, sid: 'reader', isOfCookie: false },
        redirectUri: 'https://reader.example/',
        confirmed: false,
      },
      context,
    ),
  'a profile': ({ person }, context, database) => findProfile(database, person.claims, context),
  'a change of the profile': ({ person }, context, database) =>
    updateProfile(database, person.claims, { display_name: 'M', locale: 'sv' }, context),
  // But for its own entry, which is there only afterwards.
  'an export': async ({ person }, context, database) =>
    (await exportAccount(database, person.claims, { list: 0, after: null }, settings, context)).filter(
      ({ list }) => list !== 'audit',
    ),
  'a list of sessions': ({ person }, context, database) => listSessions(database, person.claims, page, context),
  'the end of the own session': ({ person }, context, database) =>
    revokeOwnSession(database, person.claims, person.token.sessionId, context),
  'the end of all other sessions': ({ person }, context, database) =>
    revokeAllSessions(database, person.claims, { keepCurrent: true }, context),
  'an invitation that counts': (world, context, database) =>
    invite(
      database,
      world.person.claims,
      { tokenId: newId<TokenId>(), orgId: world.own, email: 'a@example.com', roles: ['member'], expiresAt: inADay() },
      counted(world, context),
      context,
    ),
  'less for oneself': (world, context, database) =>
    setRoles(database, world.peer.claims, asMember(world), ['member'], context),
  'what an organisation asks of its members': (world, context, database) =>
    setPolicy(
      database,
      world.person.claims,
      world.own,
      { level2: { roles: ['teacher'], from: inADay() }, sharedDevices: true },
      settings,
      context,
    ),
  'a member who goes': (world, context, database) =>
    removeMember(database, world.person.claims, asMember(world), context),
  'a view of an account': ({ admin, person }, context, database) =>
    findUser(database, admin.claims, { userId: person.userId }, context),
  'a view of the audit log': async ({ admin, person }, context, database) =>
    (await listAuditOf(database, admin.claims, person.userId, page, context)).verdict,
  'a new administrator': async ({ person }, context, database) =>
    (await grantPlatformAdmin(database, person.email, context))?.outcome,
  'an administrator no longer': async ({ admin }, context, database) =>
    (await revokePlatformAdmin(database, admin.email, context))?.outcome,
};
