/** POST /v1/auth/reset-password */
import { deviceTokens } from '../../aws/device-tokens.ts';
import { ResetPasswordRequest } from '../../contracts/http.ts';
import { openReset, resetPassword } from '../../flows/reset-password.ts';
import { publicRoute } from '../../http/route.ts';

const devices = deviceTokens();

export const handler = publicRoute({ body: ResetPasswordRequest }, async ({ body, context }) => {
  const device = await resetPassword(await openReset(body.token, context), body.new_password, context);
  return {
    status: 200,
    body: {
      message: 'The password is changed; every session has ended.',
      device_token: await devices.seal(device),
    },
  };
});
