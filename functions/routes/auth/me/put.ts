/** PUT /v1/auth/me: fields left out stay as they are; null clears one. */

import { UpdateMeRequest } from '../../../contracts/http.ts';
import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { updateProfile } from '../../../store/profiles.ts';
import { meAnswer } from './me-answer.ts';

const { authenticate } = stageBearerTokens();
const database = stageDatabase();
const settings = stageSettings();

export const handler = bearerRoute(authenticate, { body: UpdateMeRequest }, async ({ body, context }, claims) => {
  const profile = await updateProfile(database, claims, body, context);
  if (!profile) throw new Problem('TOKEN_INVALID');
  return meAnswer(profile, settings);
});
