/** POST /v1/auth/request-password-reset */
import { dataApi } from '../../aws/data-api.ts';
import { RequestPasswordResetRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../http/route.ts';
import { requestLinkByMail } from '../../links/request-link.ts';

const database = dataApi();

export const handler = publicRoute({ body: RequestPasswordResetRequest }, async ({ body, origin }) => {
  await requestLinkByMail(database, 'reset_password', body.email, origin);
  return {
    status: 202,
    body: {
      message: 'If the address has an account, a link to set a new password is on its way.',
      correlation_id: origin.correlationId,
    },
  };
});
