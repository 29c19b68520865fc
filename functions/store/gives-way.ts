/** Whose account goes where somebody else shows that the address is theirs. */

/** True of a user `u` in whose organisations nobody else is: what an older version let be shared is left to a person. */
export const isAlone = `not exists (
  select
  from memberships own
  join memberships others using (org_id)
  where own.user_id = u.user_id and others.user_id <> u.user_id
)`;

/**
 * True of a user `u` that goes when somebody else proves its address: registered, never proved, alone. One that was imported
 * or provisioned is a person's, who was never asked; that person's mailbox claims it.
 */
export const givesWay = `(
  u.email_verified_at is null and u.source = 'registration' and u.platform_roles = '{}' and ${isAlone}
)`;
