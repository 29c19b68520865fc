/** POST /v1/auth/login */
import { LoginRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { type SignInNeeds, signIn } from '../../flows/sign-in.ts';
import { publicRoute } from '../../http/route.ts';
import { stagePasskeyChallenges, stagePendingSignIns } from '../../stage/keys.ts';
import { signInAnswer } from './token-answer.ts';
import { tokenNeeds } from './token-needs.ts';

const opening = tokenNeeds();
const needs: SignInNeeds = {
  ...opening,
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  passwords: await passwordHasher(opening.settings),
};

export const handler = publicRoute({ body: LoginRequest }, async ({ body, context }) => {
  const { email, password, device_name: deviceName, device_token: deviceToken } = body;
  return signInAnswer(await signIn(needs, { email, password, deviceName, deviceToken }, context));
});
