/** Opening the session of a login that succeeded. */

import type { Method } from '../domain/authentication-level.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import { vicinity } from '../domain/client-ip.ts';
import type { SessionId, UserId } from '../domain/ids.ts';
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import { browserParameters, replaced } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { type FactorUse, factorParameters, isFactorTakenMeanwhile, isFactorUsed, usesFactor } from './factor-use.ts';
import { levelAtBeginning, shownParameters } from './levels.ts';
import { ownMail } from './login-mails.ts';
import { isTakenMeanwhile, redeemIf, redeemParameters } from './one-time-tokens.ts';
import { announce, newEvent } from './outbox.ts';
import { count, recordRefusals, refusalParameters } from './rate-limits.ts';
import { revokeParameters } from './revocation.ts';
import { idleSeconds, sharesDevices } from './shared-devices.ts';
import { isUnspent, onceParameters, spends } from './used-once.ts';

/** The session to be, and what opens it. */
export interface NewSession {
  readonly sessionId: SessionId;
  /** SHA-256 of the secret in its first refresh token, or in its cookie. */
  readonly hash: Buffer;
  readonly kind: 'api' | 'browser';
  /** In the status lists; a browser's session is in none. */
  readonly statusIndex?: number | null;
  /** Seconds. */
  readonly idleSeconds: number;
  readonly maxSeconds: number;
  /** Of a browser: the cookie that it had, whose session this one takes the place of (S79). */
  readonly replaces?: BrowserCookie | null;
}

/** How the person signed in. */
export interface Shown {
  /** By all of it (domain/authentication-level.ts). */
  readonly amr: readonly Method[];
  /** The second factor, or the passkey in the place of both. */
  readonly factor: FactorUse | null;
  /** What can open one session alone: the challenge, the token between two factors. */
  readonly once: OneUse | null;
  /** Beside the password: the link that was mailed when an administrator took the factors. */
  readonly link?: OneTimeToken;
}

export const byPassword: Shown = { amr: ['pwd'], factor: null, once: null };

export interface Opening {
  readonly userId: UserId;
  /** The account's, to tell its owner of a new device. */
  readonly email: string;
  readonly orgId: string | null;
  readonly deviceName: string | undefined;
  readonly session: NewSession;
  readonly shown: Shown;
  /** Of the password that was compared; the session opens only if the account still has it. */
  readonly passwordEpoch: number;
  /** The same password hashed with today's parameters, where the account's were out of date. */
  readonly upgradedHash: string | null;
  /** What failures before this login were counted by: the address, or the device that is known. */
  readonly guessKey: Uint8Array;
  readonly knownDevice: boolean;
}

export interface Opened {
  /** No token is made that the device would be known by. */
  readonly shares_devices: boolean;
}

/**
 * Opens the session of a successful login and forgives the failures before it: those of a known device are its own, so
 * a guesser elsewhere stays out however often the owner signs in.
 * @param noticeLimits how often the owner is mailed of a device that is not known; past it, silently not
 * @returns null when the password was changed, the account deleted or the factor used, since they were read
 */
export async function openSession(
  database: Database,
  opening: Opening,
  noticeLimits: readonly Limit[],
  context: RequestContext,
): Promise<Opened | null> {
  const { userId, orgId, session, shown } = opening;
  const { link } = shown;
  const taken = link ? `(${isFactorTakenMeanwhile} or ${isTakenMeanwhile})` : isFactorTakenMeanwhile;
  const countsBack = shown.factor?.kind === 'passkey' ? shown.factor.countsBack : null;
  const succeeded = newEvent(
    'huleedu.identity.login.succeeded.v1',
    { type: 'user', id: userId },
    { user_id: userId, org_id: orgId ?? undefined, timestamp: context.now.toISOString() },
    context,
  );
  const [row] = await database.query<Opened & { open: boolean }>(
    `
    with ${spends},
    account as (
      select user_id
      from users
      where user_id = :user_id::uuid and password_epoch = :password_epoch
      -- Taken before anything is written: a reset or a deletion at this moment is waited for, and the epoch compared
      -- with what it left (EvalPlanQual). Two logins that would each write the hash must not both share it first.
      for ${opening.upgradedHash === null ? 'share' : 'no key update'}
    ),
    ${usesFactor('account')},
    ${link ? `${redeemIf('exists (select from account)')},` : ''}
    person as (
      select user_id from account where ${isUnspent} and ${isFactorUsed} ${link ? 'and exists (select from redeemed)' : ''}
    ),
    opened as (
      insert into sessions (
        session_id, kind, user_id, org_id, password_epoch, device_name, known_device, user_agent, ip_address,
        current_hash, rotated_at, created_at, last_seen_at, idle_seconds, idle_expires_at, expires_at, amr, level_at,
        level_until, restores_factors, status_index
      )
      select
        :session_id::uuid, :kind, user_id,
        -- Left, or dissolved, since it was read: the session begins without one.
        (select m.org_id from memberships m where m.user_id = person.user_id and m.org_id = :org_id::uuid),
        :password_epoch::integer, :device_name, :known_device, :user_agent, :ip_address,
        :token_hash,
        :now::timestamptz, :now::timestamptz, :now::timestamptz,
        -- Of others it is the stage's.
        case when :kind = 'browser' then idle end,
        :now::timestamptz + make_interval(secs => idle),
        :now::timestamptz + make_interval(secs => :max_seconds),
        :amr::text[],
        ${levelAtBeginning},
        ${link !== undefined},
        :status_index::bigint
      from person, lateral (select ${idleSeconds(':idle_seconds::integer', 'person')} as idle) as lasting
      on conflict (session_id) do nothing
      returning session_id
    ),
    upgraded as (
      update users u
      set password_hash = :upgraded_hash
      from person
      where
        u.user_id = person.user_id
        -- Again, of the row that is written: who waits for it must not undo what was waited for.
        and u.password_epoch = :password_epoch
        and :upgraded_hash::text is not null
    ),
    forgiven as (
      delete from login_failures
      where address_key = :guess_key and exists (select from person)
    ),
    -- Without a device's token; the very first session is told to nobody. A client that has never sent one is known by name
    -- and browser in its network: those are copied, and whose client sends tokens is told of a copy of it even there.
    new_device as (
      select from opened
      where
        not :known_device
        and exists (select from sessions where user_id = :user_id::uuid)
        and not exists (
          select
          from sessions
          where
            user_id = :user_id::uuid
            -- What a client was given has the device of its browser's session.
            and kind <> 'client'
            and device_name is not distinct from :device_name::text
            and user_agent is not distinct from :user_agent::text
          having bool_or(${inNetwork}) and not bool_or(known_device)
        )
    ),
    ${count('notice_limits', 'new_device')}, ${recordRefusals(':user_id')},
    to_notice as (select from new_device where not exists (select from refused)),
    announced as (${announce('succeeded', 'opened')}),
    noticed as (${announce('notice', 'to_notice')}),
    recorded as (${record('audit', 'opened')})${
      session.replaces
        ? `,
    ${replaced('opened')}`
        : ''
    }
    select
      exists (select from opened)
      -- Opened by this statement's earlier try, whose answer was lost.
      or exists (select from sessions where session_id = :session_id::uuid) as open,
      (select ${sharesDevices('given')} from (values (:user_id::uuid)) as given (user_id)) as shares_devices,
      -- That try goes on after its caller has given it up.
      decide_anew(
        (exists (select from person) or (exists (select from account) and ${taken}))
        and not exists (select from opened)
        and not exists (select from sessions where session_id = :session_id::uuid)
      )`,
    {
      session_id: session.sessionId,
      kind: session.kind,
      user_id: userId,
      org_id: orgId,
      password_epoch: opening.passwordEpoch,
      upgraded_hash: opening.upgradedHash,
      guess_key: opening.guessKey,
      known_device: opening.knownDevice,
      network: vicinity(context.ipAddress),
      notice_limits: noticeLimits,
      device_name: opening.deviceName,
      user_agent: context.userAgent,
      token_hash: session.hash,
      status_index: session.statusIndex ?? null,
      ...refusalParameters(context),
      ...shownParameters(opening.shown.amr),
      ...factorParameters(opening.shown.factor, context),
      ...onceParameters(opening.shown.once),
      ...(link && redeemParameters(link, context)),
      idle_seconds: session.idleSeconds,
      max_seconds: session.maxSeconds,
      ...(session.replaces ? { ...browserParameters(session.replaces), ...revokeParameters('logout', context) } : {}),
      succeeded: [succeeded, ...(countsBack === 'bound' ? [ownMail('passkey_copied', opening, context)] : [])],
      notice: [ownMail('new_device', opening, context)],
      audit: [
        auditEntry('login.succeeded', userId, context, {
          session_id: session.sessionId,
          known_device: opening.knownDevice,
          amr: opening.shown.amr,
          ...(countsBack && { reason: 'passkey_counts_back' }),
        }),
        ...(link ? [auditEntry('factors.restored', userId, context)] : []),
      ],
    },
  );
  return row?.open ? row : null;
}

/** Of a session's address; what no address can be read of is nowhere. */
const inNetwork = `
  case when pg_input_is_valid(ip_address, 'inet') then ip_address::inet <<= :network::inet else false end`;
