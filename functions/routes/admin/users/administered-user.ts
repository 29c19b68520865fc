import type { AdministeredUser } from '../../../contracts/http/administration.ts';
import { shownProfile } from '../../../domain/profile.ts';
import type { UserRow } from '../../../store/administered-user.ts';

const time = (milliseconds: number) => new Date(milliseconds).toISOString();

function mailStopped(json: string | null): AdministeredUser['mail_stopped'] {
  if (json === null) return null;
  const { reason, links_too, since } = JSON.parse(json);
  return { reason, links_too, since: time(since) };
}

/** An account as administrators see it. */
export const administeredUser = (user: UserRow): AdministeredUser => ({
  user_id: user.user_id,
  email: user.email,
  email_verified: user.email_verified,
  ...shownProfile(user),
  platform_roles: [...user.platform_roles],
  registered_at: time(user.registered_at),
  locked_until: user.locked_until === null ? null : time(user.locked_until),
  live_sessions: user.live_sessions,
  mail_stopped: mailStopped(user.mail_stopped),
  orgs: user.orgs.map(({ org_id, name, roles }) => ({ org_id, name, roles: [...roles] })),
});
