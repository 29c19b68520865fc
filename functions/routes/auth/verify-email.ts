/** POST /v1/auth/verify-email */
import { VerifyEmailRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../http/route.ts';
import { verifyEmail } from '../../links/verify-email.ts';

export const handler = publicRoute({ body: VerifyEmailRequest }, async ({ body, origin }) => {
  await verifyEmail(body.token, origin);
  return { status: 200, body: { message: 'The address is verified.' } };
});
