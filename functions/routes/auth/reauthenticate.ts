/** POST /v1/auth/reauthenticate */
import { ReauthenticateRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { reauthenticate } from '../../flows/reauthenticate.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { accessTokenAnswer } from './token-answer.ts';

const { authenticateEnrolling } = stageBearerTokens();
const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  passwords: await passwordHasher(settings),
  admitSigning: stageSigner().admit,
};

export const handler = bearerRoute(
  authenticateEnrolling,
  { body: ReauthenticateRequest },
  async ({ body, context }, claims) => accessTokenAnswer(await reauthenticate(needs, claims, body.password, context)),
);
