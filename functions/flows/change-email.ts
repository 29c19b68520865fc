/** Changing the account's address: asked for by whoever is signed in, proved by the new mailbox, undone by the old one. */
import { type DeviceToken, newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { newId, type TokenId } from '../domain/ids.ts';
import { type LinkLifetimes, linkEnd } from '../domain/mailed-link.ts';
import type { ChangePurpose } from '../domain/one-time-token.ts';
import { Problem } from '../domain/problem.ts';
import { mailboxKey } from '../domain/pseudonym.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type ChangeState, findEmailChange } from '../store/email-change-links.ts';
import { confirmEmailChange } from '../store/email-change-proof.ts';
import { type Undone, undoEmailChange } from '../store/email-change-undo.ts';
import { askForEmailChange, findOwnAddress } from '../store/email-changes.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing, Needs } from './needs.ts';
import { deadLink, type LinkNeeds, readLink } from './read-link.ts';

export type ChangeEmailNeeds = Needing<'database' | 'pseudonyms', LimitSettings & LinkLifetimes & RecencySettings>;

/**
 * Mails a link to the new address; says nothing of whose it is (S7). Counted by account, so that nobody mails a list of
 * strangers, and by address, so that nobody's mailbox is filled.
 * @throws Problem TOKEN_INVALID, CONFLICT, RATE_LIMITED; those of {@link assertSure}
 */
export async function changeEmail(
  { database, pseudonyms, settings }: ChangeEmailNeeds,
  caller: Caller,
  email: string,
  context: RequestContext,
): Promise<void> {
  const { now, ipAddress } = context;
  const pseudonymize = await pseudonyms();
  const key = emailKey(email);
  const limits = limitsAt(now, pseudonymize, settings);
  const asked = await askForEmailChange(
    database,
    caller,
    {
      changeId: newId<TokenId>(),
      email,
      mailboxKey: mailboxKey(pseudonymize, key),
      expiresAt: linkEnd('change_email', now, settings),
    },
    [
      ...limits.by('emailChangePerUser', caller.sub),
      ...limits.ofMail('change_email', key),
      ...limits.byIp('mailPerIp', ipAddress),
    ],
    settings,
    context,
  );
  assertSure(asked, caller, settings);
  if (asked.exceeded) throw tooMany(asked.exceeded);
}

/** @throws Problem TOKEN_INVALID */
export async function ownAddress(database: Needs['database'], caller: Caller, context: RequestContext) {
  const own = await findOwnAddress(database, caller, context);
  if (!own) throw new Problem('TOKEN_INVALID');
  const { email, email_verified, standing, new_email, requested_at, expires_at, undo_until } = own;
  const time = (at: number | null) => new Date(at ?? 0).toISOString();
  return {
    email,
    email_verified,
    pending:
      standing === 'pending'
        ? { email: new_email ?? '', requested_at: time(requested_at), expires_at: time(expires_at) }
        : null,
    undo_until: undo_until === null ? null : time(undo_until),
  };
}

/** What the page behind a link shows: nothing of any but a genuine one; `gone` where account or change are. */
export async function lookAtChange(
  { database, oneTimeTokens }: Pick<Needs, 'database' | 'oneTimeTokens'>,
  encoded: string,
  purpose: ChangePurpose,
  now: Date,
): Promise<ChangeState | 'gone' | null> {
  const token = encoded === '' ? null : await oneTimeTokens.read(encoded, purpose);
  return token && ((await findEmailChange(database, token, now)) ?? 'gone');
}

export interface ChangedAddress {
  readonly outcome: 'changed' | 'before';
  readonly email: string;
  /** What the device is known by that did it, alone of all (S67); null where it was done before, and for one that people share. */
  readonly device: DeviceToken | null;
}

/**
 * "That was me", of the new address.
 * @throws Problem VERIFICATION_TOKEN_INVALID, VERIFICATION_TOKEN_EXPIRED, RATE_LIMITED; USER_ALREADY_EXISTS
 */
export async function proveNewEmail(
  needs: LinkNeeds,
  encoded: string,
  context: RequestContext,
): Promise<ChangedAddress> {
  const token = await readLink(needs, encoded, 'change_email', context);
  const confirmed = await confirmEmailChange(needs.database, token, context);
  if (!confirmed || confirmed.outcome === 'dead') throw deadLink('change_email');
  if (confirmed.outcome === 'taken') throw new Problem('USER_ALREADY_EXISTS');
  const { outcome, email, password_epoch: passwordEpoch, shares_devices: isShared } = confirmed;
  const device =
    outcome === 'changed' && !isShared
      ? { userId: token.userId, deviceId: newDeviceId(), passwordEpoch, issuedAt: context.now }
      : null;
  return { outcome, email, device };
}

/**
 * "That was not me", of the new address before the change, of the old one also after it.
 * @throws Problem VERIFICATION_TOKEN_INVALID, VERIFICATION_TOKEN_EXPIRED, RATE_LIMITED; USER_ALREADY_EXISTS
 */
export async function endEmailChange(
  needs: LinkNeeds,
  encoded: string,
  purpose: ChangePurpose,
  context: RequestContext,
): Promise<Exclude<Undone, 'dead' | 'taken'>> {
  const token = await readLink(needs, encoded, purpose, context);
  const outcome = await undoEmailChange(needs.database, token, context);
  if (outcome === null || outcome === 'dead') throw deadLink(purpose);
  if (outcome === 'taken') throw new Problem('USER_ALREADY_EXISTS');
  return outcome;
}
