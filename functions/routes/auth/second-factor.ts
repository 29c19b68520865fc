/** POST /v1/auth/second-factor */
import { SecondFactorRequest } from '../../contracts/http.ts';
import { signInBySecond } from '../../flows/prove-second.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import {
  stageDeviceTokens,
  stageKeys,
  stagePasskeyChallenges,
  stagePendingSignIns,
  stagePseudonyms,
  stageRefreshTokens,
  stageTotpSecrets,
} from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { signInAnswer } from './token-answer.ts';

const signer = stageSigner();
const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: SecondFactorRequest }, async ({ body, context }) => {
  const { mfa_token: pending, method, code, assertion } = body;
  return signInAnswer(await signInBySecond(needs, { pending, method, code, assertion }, context));
});
