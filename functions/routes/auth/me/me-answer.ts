import { rolesOf } from '../../../domain/access-token.ts';
import { shownProfile } from '../../../domain/profile.ts';
import type { RoleSettings } from '../../../domain/role-names.ts';
import type { HttpAnswer } from '../../../http/messages.ts';
import type { Profile } from '../../../store/profiles.ts';

/** The caller's own account, as GET and PUT /v1/auth/me answer it. */
export const meAnswer = (profile: Profile, settings: RoleSettings): HttpAnswer => ({
  status: 200,
  body: {
    user_id: profile.user_id,
    email: profile.email,
    email_verified: profile.email_verified,
    org_id: profile.org_id,
    roles: rolesOf(profile, settings),
    ...shownProfile(profile),
    registered_at: new Date(profile.registered_at).toISOString(),
  },
});
