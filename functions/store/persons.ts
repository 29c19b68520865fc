/** Whom a token is about: columns of {@link Person}, of a user `u` and the membership `m` that the token is for. */
export const personColumns = `
  u.user_id,
  u.email,
  u.email_verified_at is not null as email_verified,
  u.platform_roles,
  u.first_name,
  u.last_name,
  u.display_name,
  u.locale,
  extract(epoch from u.updated_at)::bigint as updated_at,
  m.org_id,
  coalesce(m.roles, '{}') as roles,
  (select name from organizations where org_id = m.org_id) as org_name`;
