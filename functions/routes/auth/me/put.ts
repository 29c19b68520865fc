/** PUT /v1/auth/me: fields left out stay as they are; null clears one. */
import { dataApi } from '../../../aws/data-api.ts';
import { UpdateMeRequest } from '../../../contracts/http.ts';
import { Problem } from '../../../domain/problem.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { meAnswer } from '../../../http/me-answer.ts';
import { bearerRoute } from '../../../http/route.ts';
import { settings } from '../../../runtime/settings.ts';
import { updateProfile } from '../../../store/profiles.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: UpdateMeRequest }, async ({ body, context }, caller) => {
  const profile = await updateProfile(database, caller, body, context);
  if (!profile) throw new Problem('TOKEN_INVALID');
  return meAnswer(profile, settings);
});
