/** POST /v1/auth/email-code/verify: begins a session with the mailed code. */
import { EmailCodeVerifyRequest } from '../../../contracts/http/email-login.ts';
import { type SignInByMailNeeds, signInByMail } from '../../../flows/sign-in-by-mail.ts';
import { publicRoute } from '../../../http/route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import {
  stageDeviceTokens,
  stageEmailLogins,
  stageKeys,
  stagePasskeyChallenges,
  stagePendingSignIns,
  stagePseudonyms,
  stageRefreshTokens,
} from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { stageSigner } from '../../../stage/signer.ts';
import { signInAnswer } from '../token-answer.ts';

const signer = stageSigner();
const needs: SignInByMailNeeds = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  refreshTokens: stageRefreshTokens(),
  deviceTokens: stageDeviceTokens(),
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  emailLogins: stageEmailLogins(),
  codeKey: stageKeys('verification-code'),
  admitSigning: signer.admit,
};
signer.prepare();

export const handler = publicRoute({ body: EmailCodeVerifyRequest }, async ({ body, context }) => {
  const { login_id: loginId, code, device_name: deviceName } = body;
  return signInAnswer(await signInByMail(needs, { loginId, shown: { code } }, deviceName, context));
});
