/** POST /v1/auth/request-password-reset */
import { RequestPasswordResetRequest } from '../../contracts/http.ts';
import { requestLinkByMail } from '../../flows/request-link.ts';
import { publicRoute } from '../../http/route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const needs = { settings: stageSettings(), database: stageDatabase(), pseudonyms: stagePseudonyms() };

export const handler = publicRoute({ body: RequestPasswordResetRequest }, async ({ body, context }) => {
  await requestLinkByMail(needs, 'reset_password', body.email, context);
  return {
    status: 202,
    body: {
      message: 'If the address has an account, a link to set a new password is on its way.',
      correlation_id: context.correlationId,
    },
  };
});
