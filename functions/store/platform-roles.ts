/** Platform roles, given by an operator: no route does, so that no stolen token can make an administrator. */

import type { CorrelationId, UserId } from '../domain/ids.ts';
import { PLATFORM_ADMIN } from '../domain/roles.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { isLevel2ByMail } from './levels.ts';

/** Of a user `u`, as the database has it now, whatever a token says; never of an unproved account (S56). */
export const isAdministrator = `('${PLATFORM_ADMIN}' = any (u.platform_roles) and u.email_verified_at is not null)`;

interface Cause {
  readonly correlationId: CorrelationId;
  readonly now: Date;
}

export interface Granted {
  readonly user_id: UserId;
  /** `unproved`: nobody has proved the account's address, so nothing was given (S56). */
  readonly outcome: 'granted' | 'held_before' | 'unproved';
}

/**
 * Makes an account a platform administrator. Its sessions keep no level that a mailed code gave (factors.ts).
 * @returns null when nobody has the address
 */
export async function grantPlatformAdmin(
  database: Database,
  emailKey: string,
  { correlationId, now }: Cause,
): Promise<Granted | null> {
  const [row] = await database.query<Granted>(
    `
    with granted as (
      update users
      set platform_roles = array_append(platform_roles, :role::text), updated_at = :now::timestamptz
      where email_key = :email_key and email_verified_at is not null and not (:role::text = any (platform_roles))
      returning user_id
    ),
    lowered as (
      update sessions s
      set level_until = :now::timestamptz
      from granted
      where s.user_id = granted.user_id and ${isLevel2ByMail('s')}
    ),
    lowered_codes as (
      update authorization_codes a
      set level_until = :now::timestamptz
      from granted
      where a.user_id = granted.user_id and ${isLevel2ByMail('a')}
    ),
    ${recordedBy('granted')}
    select
      u.user_id,
      case
        when exists (select from granted) then 'granted'
        when u.email_verified_at is null then 'unproved'
        else 'held_before'
      end as outcome
    from users u
    where u.email_key = :email_key`,
    { role: PLATFORM_ADMIN, email_key: emailKey, correlation_id: correlationId, now },
  );
  return row ?? null;
}

export interface Revoked {
  readonly user_id: UserId;
  readonly outcome: 'revoked' | 'not_held';
  /** Whether somebody else is an administrator. */
  readonly others: boolean;
}

/**
 * Takes the role from an account, the last administrator's too: what gives it needs none. Sessions go on without it;
 * access tokens that were made before say it until they end. @returns null when nobody has the address
 */
export async function revokePlatformAdmin(
  database: Database,
  emailKey: string,
  { correlationId, now }: Cause,
): Promise<Revoked | null> {
  const [row] = await database.query<Revoked>(
    `
    with revoked as (
      update users
      set platform_roles = array_remove(platform_roles, :role::text), updated_at = :now::timestamptz
      where email_key = :email_key and :role::text = any (platform_roles)
      returning user_id
    ),
    ${recordedBy('revoked')}
    select
      a.user_id,
      case when exists (select from revoked) then 'revoked' else 'not_held' end as outcome,
      exists (select from users u where u.user_id <> a.user_id and ${isAdministrator}) as others
    from users a
    where a.email_key = :email_key`,
    { role: PLATFORM_ADMIN, email_key: emailKey, correlation_id: correlationId, now },
  );
  return row ?? null;
}

const recordedBy = (change: 'granted' | 'revoked') => `
    recorded as (${recordEach(
      `platform_role.${change}`,
      { ip: 'null', detail: { role: ':role::text', by: "'operator'" } },
      change,
    )})`;
