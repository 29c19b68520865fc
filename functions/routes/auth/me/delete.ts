/** DELETE /v1/auth/me */
import { DeleteMeRequest } from '../../../contracts/http/administration.ts';
import { passwordHasher } from '../../../domain/password-hash.ts';
import { deleteAccount } from '../../../flows/delete-account.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  passwords: await passwordHasher(settings),
};

export const handler = bearerRoute(authenticate, { body: DeleteMeRequest }, async ({ body, context }, claims) => {
  await deleteAccount(needs, claims, body.password, context);
  return { status: 204 };
});
