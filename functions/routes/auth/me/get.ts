/** GET /v1/auth/me */
import { dataApi } from '../../../aws/data-api.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { meAnswer } from '../../../http/me-answer.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import { findProfile } from '../../../store/profiles.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, {}, async ({ context }, caller) => {
  const profile = await findProfile(database, caller, context);
  // Signed out, or deleted, since the token was made.
  if (!profile) throw new Problem('TOKEN_INVALID');
  return meAnswer(profile, settings);
});
