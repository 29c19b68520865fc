/** Sessions. */

/** True of a session `s` of a user `u`: not revoked, not past an end, and not from before the password changed. */
export const isLive = `(
  s.revoked_at is null
  and s.idle_expires_at > :now::timestamptz
  and s.expires_at > :now::timestamptz
  and s.password_epoch = u.password_epoch
)`;
