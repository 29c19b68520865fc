/** Admitting a login: what the decision needs, read and counted in one statement. */

import type { TokenSubject } from '../domain/access-token.ts';
import type { SecondFactor } from '../domain/authentication-level.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { auditEntry, record } from './audit.ts';
import type { Database } from './database.ts';
import { needsLevel2, usableFactors } from './factors.ts';
import { type Attempt, loginFailed } from './failed-logins.ts';
import { announce } from './outbox.ts';
import { count, exceeded, readExceeded } from './rate-limits.ts';

/** What an address has to be logged in with; all null where it has no account. */
export type LoginAccount =
  | (TokenSubject & {
      readonly email: string;
      readonly password_hash: string;
      readonly password_epoch: number;
      /** Those that may be used, each kind once. */
      readonly factors: readonly SecondFactor[];
      /** The platform or an organisation asks level 2 of the person. */
      readonly needs_level_2: boolean;
    })
  | { readonly user_id: null; readonly password_hash: null };

export interface Admission {
  /** The limit that the attempt is over, or null when it is admitted. */
  readonly exceeded: ExceededLimit | null;
  readonly locked: boolean;
  /** The device signed in to this account before, with the password that it has, and has not failed too often since. */
  readonly known: boolean;
  readonly account: LoginAccount;
}

/** A known device is counted by itself, every other one by the address. */
const countsHere = `l.name <> case when exists (select from known) then 'loginPerAddress' else 'loginPerDevice' end`;

/** Counts the attempt and reads the account, in one statement. The first attempt over a limit is announced. */
export async function admitLogin(
  database: Database,
  { email, emailKey, addressKey, device, deviceKey }: Attempt,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<Admission> {
  const [row] = await database.query<LoginAccount & { exceeded: string | null; locked: boolean; known: boolean }>(
    `
    with known as (
      select
      from users u
      where
        u.email_key = :email_key
        and u.user_id = :device_user::uuid
        and u.password_epoch = :device_epoch::integer
        and (u.devices_since is null or u.devices_since <= :device_issued_at::timestamptz)
        and not exists (
          select from login_failures where address_key = :device_key and locked_until > :now::timestamptz
        )
    ),
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
      ${usableFactors('u')} as factors,
      ${needsLevel2('u')} as needs_level_2
    from (values (:email_key, :address_key)) as attempt (email_key, address_key)
    left join users u using (email_key)
    left join login_failures f using (address_key)
    left join lateral (
      -- A session begins in the organisation joined first; refresh changes to another.
      select org_id, roles
      from memberships
      where user_id = u.user_id
      order by created_at, org_id
      limit 1
    ) m on true`,
    {
      limits,
      now: context.now,
      email_key: emailKey,
      address_key: addressKey,
      device_key: deviceKey,
      device_user: device?.userId,
      device_epoch: device?.passwordEpoch,
      device_issued_at: device?.issuedAt,
      failed: [loginFailed(email, 'rate_limit_exceeded', context)],
      audit: [auditEntry('login.failed', null, context, { reason: 'rate_limit_exceeded' })],
    },
  );
  if (!row) throw new Error('admission returned no row');
  return { exceeded: readExceeded(row.exceeded), locked: row.locked, known: row.known, account: row };
}
