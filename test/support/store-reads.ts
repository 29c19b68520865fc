/** The statements of the store that only read. */

import type { EventId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { findClientInFull, listClients } from '../../functions/store/administered-clients.ts';
import { findAddress } from '../../functions/store/administration.ts';
import { grownParts, nextPart, readPart } from '../../functions/store/audit-exports.ts';
import { readAuditLog } from '../../functions/store/audit-trail.ts';
import { findClientLogo } from '../../functions/store/client-logos.ts';
import {
  appliedMigrations,
  clientStates,
  databaseAge,
  indexUse,
  partitionsAhead,
  settingsClients,
  suppressedSince,
  tableStates,
} from '../../functions/store/condition.ts';
import { findConsentQuestion } from '../../functions/store/consents.ts';
import { deadLetters, outboxStatus } from '../../functions/store/dead-letters.ts';
import { findEmailChange } from '../../functions/store/email-change-links.ts';
import { findOwnAddress } from '../../functions/store/email-changes.ts';
import { findMailedLogin } from '../../functions/store/email-logins.ts';
import { findClient, listSettingsClients } from '../../functions/store/find-clients.ts';
import { findTokenState } from '../../functions/store/introspection.ts';
import { findInvitation } from '../../functions/store/invitation-visits.ts';
import { findLogoutNotice } from '../../functions/store/logout-notices.ts';
import { findOwnEvent } from '../../functions/store/mails.ts';
import { listMembers } from '../../functions/store/memberships.ts';
import { findLink } from '../../functions/store/one-time-tokens.ts';
import { findPolicy } from '../../functions/store/organization-policy.ts';
import { listOrganizations } from '../../functions/store/organizations.ts';
import { otherPasskeyDomain } from '../../functions/store/passkey-domain.ts';
import { knownPasskeys, passkeysAfterPassword } from '../../functions/store/passkeys.ts';
import { findLock } from '../../functions/store/passwords.ts';
import { findCallerAddress } from '../../functions/store/profiles.ts';
import { listRegistrationTokens } from '../../functions/store/registration-tokens.ts';
import { findRemovedClients } from '../../functions/store/removed-clients.ts';
import { countCodesBefore, countSealed, findSealed } from '../../functions/store/sealed-factors.ts';
import { findEndedStatuses, reserveStatusIndexes } from '../../functions/store/session-statuses.ts';
import { findInformed } from '../../functions/store/userinfo.ts';
import { administratorOf, clientOf } from './client-calls.ts';
import { askedBy } from './oauth-calls.ts';
import { defaultSettings } from './settings.ts';
import { inADay, type StoreCall } from './writes.ts';

const page = { after: null, limit: 10 };

export const storeReads: readonly StoreCall[] = [
  ({ person }, context, database) => findOwnAddress(database, person.claims, context),
  ({ person, reset: tokenId }, { now }, database) =>
    findEmailChange(database, { purpose: 'change_email', tokenId, userId: person.userId, expiresAt: inADay() }, now),
  (_, { now }, database) => findEndedStatuses(database, 0, now),
  // Takes of a sequence, and writes no row.
  (_, __, database) => reserveStatusIndexes(database, 2),
  (_, context, database) => listRegistrationTokens(database, context),
  (_, __, database) => otherPasskeyDomain(database, 'localhost'),
  (_, __, database) => countSealed(database, Buffer.of(1)),
  (_, __, database) => findSealed(database, Buffer.of(1)),
  (_, { now }, database) => countCodesBefore(database, now),
  (world, { now }, database) => findConsentQuestion(database, world.browser, askedBy(world), now),
  ({ person }, { now }, database) => findInformed(database, { ...person.claims, client_id: 'reader' }, now),
  ({ admin, person }, context, database) => findAddress(database, admin.claims, person.userId, context),
  (_, { now }, database) => readAuditLog(database, { since: now, until: now, after: null, most: 10 }),
  (_, __, database) => nextPart(database),
  (_, { now }, database) => grownParts(database, now),
  ({ person }, _, database) => readPart(database, { day: '2026-03-01', after: person.userId, upTo: null }, 10),
  (_, { now }, database) => outboxStatus(database, now),
  (_, __, database) => deadLetters(database, 10),
  (_, __, database) => appliedMigrations(database),
  (_, __, database) => partitionsAhead(database),
  (_, __, database) => indexUse(database),
  (_, __, database) => tableStates(database),
  (_, __, database) => databaseAge(database),
  (_, { now }, database) => suppressedSince(database, now),
  (_, __, database) => clientStates(database),
  (_, __, database) => settingsClients(database),
  ({ person }, context, database) => knownPasskeys(database, person.claims, context),
  ({ person }, _, database) => passkeysAfterPassword(database, { userId: person.userId, passwordEpoch: 0 }),
  ({ person, reset }, { now }, database) =>
    findMailedLogin(database, { tokenId: reset, userId: person.userId }, oneUse('email-login', [reset], now), now),
  ({ peer, personInvitation, browser }, { now }, database) =>
    findInvitation(
      database,
      { purpose: 'invitation', tokenId: personInvitation, userId: peer.userId, expiresAt: inADay() },
      browser,
      now,
    ),
  ({ person }, { now }, database) => findTokenState(database, person.token.sessionId, defaultSettings, now),
  ({ person }, _, database) =>
    findOwnEvent(database, {
      event_id: person.userId,
      topic: 'huleedu.email.notification.requested.v1',
      to: person.email,
    }),
  ({ person }, { now }, database) => findLogoutNotice(database, person.userId as unknown as EventId, now),
  ({ person, own }, context, database) => findPolicy(database, person.claims, own, context),
  ({ person, own }, context, database) => listMembers(database, person.claims, own, page, context),
  ({ person, reset }, { now }, database) =>
    findLink(database, { purpose: 'reset_password', tokenId: reset, userId: person.userId, expiresAt: inADay() }, now),
  ({ person }, context, database) => listOrganizations(database, person.claims, context),
  ({ person }, { now }, database) => findLock(database, person.addressKey, now),
  ({ person }, context, database) => findCallerAddress(database, person.claims, context),
  (world, _, database) => findClient(database, clientOf(world)),
  (world, _, database) => findClientLogo(database, clientOf(world)),
  (_, __, database) => listSettingsClients(database),
  (world, context, database) => listClients(database, administratorOf(world), { after: null, limit: 10 }, context),
  (world, context, database) => findClientInFull(database, administratorOf(world), clientOf(world), context),
  (_, __, database) => findRemovedClients(database, 10),
];
