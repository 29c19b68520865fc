/** POST /v1/auth/email-code: asks for a code and a link by mail that sign in. */
import { EmailCodeRequest } from '../../../contracts/http/email-login.ts';
import { askForLoginByMail } from '../../../flows/ask-for-email-login.ts';
import { publicRoute } from '../../../http/route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageDeviceTokens, stageEmailLogins, stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  deviceTokens: stageDeviceTokens(),
  emailLogins: stageEmailLogins(),
};

export const handler = publicRoute({ body: EmailCodeRequest }, async ({ body, context }) => {
  const { email, device_token: deviceToken, login_id: earlier } = body;
  const { loginId, expiresAt } = await askForLoginByMail(needs, { door: 'api', email, deviceToken, earlier }, context);
  return {
    status: 202,
    body: {
      message: 'If the address has an account, a code and a link to sign in are on their way.',
      login_id: loginId,
      expires_at: expiresAt.toISOString(),
      correlation_id: context.correlationId,
    },
  };
});
