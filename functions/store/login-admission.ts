/** Admitting a login: what the decision needs, read and counted in one statement. */

import type { TokenSubject } from '../domain/access-token.ts';
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { type DemandSettings, demandParameters, isLevel2Demanded, needsLevel2 } from './demanded-levels.ts';
import {
  hasApp,
  hasSecondFactor,
  knownCredentials,
  mailCounts,
  mailParameters,
  passkeyParameters,
  usableFactors,
} from './factors.ts';
import { type Attempt, loginFailed } from './failed-logins.ts';
import { announce } from './outbox.ts';
import { count, exceeded, readExceeded } from './rate-limits.ts';
import { firstMembership } from './sessions.ts';
import { sharesDevices } from './shared-devices.ts';

/** What an address has to be logged in with; all null where it has no account. */
export type LoginAccount =
  | (TokenSubject & {
      readonly email: string;
      readonly password_hash: string;
      readonly password_epoch: number;
      /** Those that may be used, each kind once. */
      readonly factors: readonly SecondFactor[];
      /** An authenticator app, or any second factor, is set up, even if it is closed to guesses. */
      readonly has_app: boolean;
      readonly has_second_factor: boolean;
      /** JSON: KnownCredential of each passkey (factors.ts). */
      readonly passkeys: string;
      /** The platform or an organisation asks level 2 of the person. */
      readonly needs_level_2: boolean;
      /** The same, where the session begins. */
      readonly demands_level_2: boolean;
    })
  | { readonly user_id: null; readonly password_hash: null };

export interface Admission {
  /** The limit that the attempt is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
  readonly locked: boolean;
  /** The device signed in to this account before, with the password that it has, and has not failed too often since. */
  readonly known: boolean;
  /** The mailed link that was named is the account's, and works yet. */
  readonly mailed: boolean;
  readonly account: LoginAccount;
}

/** A known device is counted by itself, every other one by the address. */
export const countsHere = `
  l.name <> all (case
    when exists (select from known) then '{loginPerAddress,mailPerAddress,codePerAccount,codePerAccountDaily}'
    else '{loginPerDevice,mailPerDevice}'
  end::text[])`;

/**
 * The CTE `known`: a row where the device signed in before, with the password that the account has, and is not one that
 * people share. Needs `:now`.
 */
export const known = `
  known as (
    select
    from users u
    where
      u.email_key = :email_key
      and u.user_id = :device_user::uuid
      and u.password_epoch = :device_epoch::integer
      and (u.devices_since is null or u.devices_since <= :device_issued_at::timestamptz)
      and not ${sharesDevices('u')}
      and not exists (
        select from login_failures where address_key = :device_key and locked_until > :now::timestamptz
      )
  )`;

/** The parameters of {@link known}. */
export const deviceParameters = ({
  emailKey,
  device,
  deviceKey,
}: Pick<Attempt, 'emailKey' | 'device' | 'deviceKey'>) => ({
  email_key: emailKey,
  device_key: deviceKey,
  device_user: device?.userId,
  device_epoch: device?.passwordEpoch,
  device_issued_at: device?.issuedAt,
});

/** Counts the attempt and reads the account, in one statement. The first attempt over a limit is announced. */
export async function admitLogin(
  database: Database,
  attempt: Attempt,
  limits: readonly Limit[],
  settings: DemandSettings,
  context: RequestContext,
): Promise<Admission> {
  const { email, addressKey, loginToken = null } = attempt;
  const [row] = await database.query<
    LoginAccount & Omit<Admission, 'exceeded' | 'account'> & { exceeded: string | null }
  >(
    `
    with ${known},
    ${count('limits', undefined, countsHere)},
    announced as (${announce('failed', '(select from refused where first limit 1) as over_limit')}),
    recorded as (${record('audit', '(select from refused where first limit 1) as over_limit')})
    select
      ${exceeded} as exceeded,
      exists (select from known) as known,
      -- The address by failures, or the account by an administrator: answered alike (S7). A known device is let through the
      -- first, never the second (S67).
      (f.locked_until > :now::timestamptz and not exists (select from known)) is true
        or (u.locked_until > :now::timestamptz) is true as locked,
      u.user_id,
      u.email,
      u.password_hash,
      u.password_epoch,
      u.email_verified_at is not null as email_verified,
      u.platform_roles,
      m.org_id,
      coalesce(m.roles, '{}') as roles,
      ${usableFactors('u', mailCounts('u'))} as factors,
      ${hasApp('u')} as has_app,
      ${hasSecondFactor('u')} as has_second_factor,
      ${knownCredentials('u')} as passkeys,
      ${needsLevel2('u')} as needs_level_2,
      ${isLevel2Demanded('u', 'm.org_id')} as demands_level_2,
      exists (
        select
        from one_time_tokens t
        where
          t.token_id = :login_token::uuid
          and t.user_id = u.user_id
          and t.purpose = 'email_login'
          and t.voided_at is null
          and t.expires_at > :now::timestamptz
      ) as mailed
    from (values (:email_key, :address_key)) as attempt (email_key, address_key)
    left join users u using (email_key)
    left join login_failures f using (address_key)
    ${firstMembership('u')}`,
    {
      limits,
      now: context.now,
      ...demandParameters(settings),
      ...mailParameters(settings),
      ...passkeyParameters(settings),
      address_key: addressKey,
      login_token: loginToken,
      ...deviceParameters(attempt),
      failed: [loginFailed(email, 'rate_limit_exceeded', context)],
      audit: [auditEntry('login.failed', null, context, { reason: 'rate_limit_exceeded' })],
    },
  );
  if (!row) throw new Error('admission returned no row');
  return { ...row, exceeded: readExceeded(row.exceeded), account: row };
}
