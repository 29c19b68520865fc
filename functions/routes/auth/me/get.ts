/** GET /v1/auth/me */

import { Problem } from '../../../domain/problem.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { findProfile } from '../../../store/profiles.ts';
import { meAnswer } from './me-answer.ts';

const { authenticateEnrolling } = stageBearerTokens();
const database = stageDatabase();
const settings = stageSettings();

export const handler = bearerRoute(authenticateEnrolling, {}, async ({ context }, claims) => {
  const profile = await findProfile(database, claims, context);
  // Signed out, or deleted, since the token was made.
  if (!profile) throw new Problem('TOKEN_INVALID');
  return meAnswer(profile, settings);
});
