/** POST /v1/auth/login */
import { LoginRequest } from '../../contracts/http.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { type SignInNeeds, signIn } from '../../flows/sign-in.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import {
  stageDeviceTokens,
  stagePasskeyChallenges,
  stagePendingSignIns,
  stagePseudonyms,
  stageRefreshTokens,
} from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { signInAnswer } from './token-answer.ts';

const settings = stageSettings();
const signer = stageSigner();
const needs: SignInNeeds = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  passwords: await passwordHasher(settings),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: LoginRequest }, async ({ body, context }) => {
  const { email, password, device_name: deviceName, device_token: deviceToken } = body;
  return signInAnswer(await signIn(needs, { email, password, deviceName, deviceToken }, context));
});
