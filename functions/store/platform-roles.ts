/** Platform roles, given by an operator: no route does, so that no stolen token can make an administrator. */
import type { Database } from '../aws/data-api.ts';
import type { CorrelationId, UserId } from '../domain/ids.ts';
import { PLATFORM_ADMIN } from '../domain/roles.ts';

export interface Granted {
  readonly user_id: UserId;
  /** False where the account had the role before. */
  readonly changed: boolean;
}

/** Makes an account a platform administrator. @returns null when nobody has the address */
export async function grantPlatformAdmin(
  database: Database,
  emailKey: string,
  { correlationId, now }: { readonly correlationId: CorrelationId; readonly now: Date },
): Promise<Granted | null> {
  const [row] = await database.query<Granted>(
    `
    with granted as (
      update users
      set platform_roles = array_append(platform_roles, :role::text), updated_at = :now::timestamptz
      where email_key = :email_key and not (:role::text = any (platform_roles))
      returning user_id
    ),
    recorded as (
      insert into audit_log (occurred_at, action, user_id, correlation_id, detail)
      select
        :now::timestamptz, 'platform_role.granted', user_id, :correlation_id::uuid,
        jsonb_build_object('role', :role::text, 'by', 'operator')
      from granted
    )
    select u.user_id, exists (select from granted) as changed
    from users u
    where u.email_key = :email_key`,
    { role: PLATFORM_ADMIN, email_key: emailKey, correlation_id: correlationId, now },
  );
  return row ?? null;
}
