/** POST /v1/auth/request-password-reset */
import { dataApi } from '../../aws/data-api.ts';
import { RequestPasswordResetRequest } from '../../contracts/http.ts';
import { requestLinkByMail } from '../../flows/request-link.ts';
import { publicRoute } from '../../http/route.ts';

const database = dataApi();

export const handler = publicRoute({ body: RequestPasswordResetRequest }, async ({ body, context }) => {
  await requestLinkByMail(database, 'reset_password', body.email, context);
  return {
    status: 202,
    body: {
      message: 'If the address has an account, a link to set a new password is on its way.',
      correlation_id: context.correlationId,
    },
  };
});
