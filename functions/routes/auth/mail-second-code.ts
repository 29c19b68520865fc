/** POST /v1/auth/second-factor/email-code */
import { MailSecondCodeRequest } from '../../contracts/http/factors.ts';
import { mailCodeOfSignIn } from '../../flows/mail-second-code.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePendingSignIns, stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  pendingSignIns: stagePendingSignIns(),
};

export const handler = publicRoute({ body: MailSecondCodeRequest }, async ({ body, context }) => {
  const expiresAt = await mailCodeOfSignIn(needs, body.mfa_token, 'api', context);
  return { status: 202, body: { expires_at: expiresAt.toISOString() } };
});
