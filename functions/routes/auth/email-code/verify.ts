/** POST /v1/auth/email-code/verify: begins a session with the mailed code. */
import { EmailCodeVerifyRequest } from '../../../contracts/http/email-login.ts';
import { type SignInByMailNeeds, signInByMail } from '../../../flows/sign-in-by-mail.ts';
import { publicRoute } from '../../../http/route.ts';
import { stageEmailLogins, stageKeys, stagePasskeyChallenges, stagePendingSignIns } from '../../../stage/keys.ts';
import { signInAnswer } from '../token-answer.ts';
import { tokenNeeds } from '../token-needs.ts';

const needs: SignInByMailNeeds = {
  ...tokenNeeds(),
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  emailLogins: stageEmailLogins(),
  codeKey: stageKeys('verification-code'),
};

export const handler = publicRoute({ body: EmailCodeVerifyRequest }, async ({ body, context }) => {
  const { login_id: loginId, code, device_name: deviceName } = body;
  return signInAnswer(await signInByMail(needs, { loginId, shown: { code } }, deviceName, context));
});
