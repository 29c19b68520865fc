/** POST /v1/auth/reset-password */
import { deviceTokens } from '../../aws/device-tokens.ts';
import { ResetPasswordRequest } from '../../contracts/http.ts';
import { publicRoute } from '../../http/route.ts';
import { openReset, resetPassword } from '../../links/reset-password.ts';

const devices = deviceTokens();

export const handler = publicRoute({ body: ResetPasswordRequest }, async ({ body, origin }) => {
  const device = await resetPassword(await openReset(body.token, origin), body.new_password, origin);
  return {
    status: 200,
    body: {
      message: 'The password is changed; every session has ended.',
      device_token: await devices.seal(device),
    },
  };
});
