/** POST /v1/auth/reset-factors: begins the session in which somebody whose factors were taken sets others up. */
import { RestoreFactorsRequest } from '../../contracts/http/factors.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { restoreFactors } from '../../flows/restore-factors.ts';
import { publicRoute } from '../../http/route.ts';
import { stageOneTimeTokens } from '../../stage/keys.ts';
import { signInAnswer } from './token-answer.ts';
import { tokenNeeds } from './token-needs.ts';

const opening = tokenNeeds();
const needs = {
  ...opening,
  oneTimeTokens: stageOneTimeTokens(),
  passwords: await passwordHasher(opening.settings),
};

export const handler = publicRoute({ body: RestoreFactorsRequest }, async ({ body, context }) => {
  const { token, password, device_name: deviceName } = body;
  return signInAnswer(await restoreFactors(needs, { token, password, deviceName }, context));
});
