/** POST /v1/auth/second-factor */
import { SecondFactorRequest } from '../../contracts/http.ts';
import { signInBySecond } from '../../flows/prove-second.ts';
import { publicRoute } from '../../http/route.ts';
import { stageKeys, stagePasskeyChallenges, stagePendingSignIns, stageTotpSecrets } from '../../stage/keys.ts';
import { signInAnswer } from './token-answer.ts';
import { tokenNeeds } from './token-needs.ts';

const needs = {
  ...tokenNeeds(),
  pendingSignIns: stagePendingSignIns(),
  passkeyChallenges: stagePasskeyChallenges(),
  totpSecrets: stageTotpSecrets(),
  recoveryKey: stageKeys('recovery'),
  codeKey: stageKeys('verification-code'),
};

export const handler = publicRoute({ body: SecondFactorRequest }, async ({ body, context }) => {
  const { mfa_token: pending, method, code, assertion } = body;
  return signInAnswer(await signInBySecond(needs, { pending, method, code, assertion }, context));
});
