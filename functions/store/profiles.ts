/** What a person may see and change of their own account. */
import type * as z from 'zod/mini';
import type { UpdateMeRequest } from '../contracts/http/profile.ts';
import type { TokenSubject } from '../domain/access-token.ts';
import type { ProfileColumns } from '../domain/profile.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { type Caller, caller, callerParameters, seen } from './sessions.ts';

/** The columns of {@link ProfileColumns}, all of them text. */
export const profileColumnNames = [
  'first_name',
  'last_name',
  'legal_full_name',
  'display_name',
  'locale',
] as const satisfies (keyof ProfileColumns)[];

/** Those of a user `u`. */
export const profileColumns = profileColumnNames.map((name) => `u.${name}`).join(', ');

export interface Profile extends TokenSubject, ProfileColumns {
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly registered_at: number;
}

/** The columns of {@link Profile}, of a user `u` and the membership `m` in the session's organisation. */
const profile = `
  u.user_id,
  u.email,
  u.email_verified_at is not null as email_verified,
  m.org_id,
  coalesce(m.roles, '{}') as roles,
  u.platform_roles,
  ${profileColumns},
  (extract(epoch from u.registered_at) * 1000)::bigint as registered_at`;

const membership = `
  left join memberships m on m.user_id = u.user_id and m.org_id = (
    select org_id from sessions where session_id = :caller_session::uuid
  )`;

/** @returns null when the account or the session no longer exists */
export async function findProfile(
  database: Database,
  claims: Caller,
  context: RequestContext,
): Promise<Profile | null> {
  const [row] = await database.query<Profile>(
    `
    with ${caller}, ${seen}
    select ${profile}
    from caller
    join users u using (user_id)
    ${membership}`,
    callerParameters(claims, context),
  );
  return row ?? null;
}

/** @returns null when the account or the session no longer exists */
export async function findCallerAddress(
  database: Database,
  claims: Caller,
  context: RequestContext,
): Promise<Pick<Profile, 'email' | 'email_verified'> | null> {
  const [row] = await database.query<Pick<Profile, 'email' | 'email_verified'>>(
    `
    with ${caller}
    select u.email, u.email_verified_at is not null as email_verified
    from caller
    join users u using (user_id)`,
    callerParameters(claims, context),
  );
  return row ?? null;
}

/** Fields left out stay as they are. @returns the account as it is then; null when it or the session no longer exists */
export async function updateProfile(
  database: Database,
  claims: Caller,
  changes: z.output<typeof UpdateMeRequest>,
  context: RequestContext,
): Promise<Profile | null> {
  const [row] = await database.query<Profile>(
    `
    with ${caller},
    u as (
      update users u
      set
        first_name = coalesce(:first_name, u.first_name),
        last_name = coalesce(:last_name, u.last_name),
        legal_full_name = case when :sets_legal_full_name then :legal_full_name else u.legal_full_name end,
        display_name = case when :sets_display_name then :display_name else u.display_name end,
        locale = case when :sets_locale then :locale else u.locale end,
        updated_at = :now::timestamptz
      from caller
      where u.user_id = caller.user_id and u.password_epoch = caller.password_epoch
      returning u.*
    )
    select ${profile}
    from u
    ${membership}`,
    {
      first_name: changes.person_name?.first_name,
      last_name: changes.person_name?.last_name,
      sets_legal_full_name: changes.person_name?.legal_full_name !== undefined,
      legal_full_name: changes.person_name?.legal_full_name,
      sets_display_name: changes.display_name !== undefined,
      display_name: changes.display_name,
      sets_locale: changes.locale !== undefined,
      locale: changes.locale,
      ...callerParameters(claims, context),
    },
  );
  return row ?? null;
}
