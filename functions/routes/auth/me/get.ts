/** GET /v1/auth/me */
import { dataApi } from '../../../aws/data-api.ts';
import { rolesOf } from '../../../domain/access-token.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { findProfile, type Profile } from '../../../store/users.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async ({ origin }, caller) => {
  const profile = await findProfile(database, { userId: caller.sub, sessionId: caller.sid }, origin.now);
  // Signed out, or deleted, since the token was made.
  if (!profile) throw new Problem('TOKEN_INVALID');
  return { status: 200, body: meResponse(profile) };
});

function meResponse({ first_name, last_name, ...profile }: Profile) {
  return {
    user_id: profile.user_id,
    email: profile.email,
    email_verified: profile.email_verified,
    org_id: profile.org_id,
    roles: rolesOf(profile),
    person_name: first_name === null ? null : { first_name, last_name },
    display_name: profile.display_name,
    locale: profile.locale,
    registered_at: new Date(profile.registered_at).toISOString(),
  };
}
