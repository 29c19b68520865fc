/** POST /v1/auth/passkeys/login */
import { PasskeyLoginRequest } from '../../../contracts/http/passkeys.ts';
import { signInWithPasskey } from '../../../flows/sign-in-with-passkey.ts';
import { formCookie } from '../../../http/form-token.ts';
import { publicRoute } from '../../../http/route.ts';
import { stagePasskeyChallenges } from '../../../stage/keys.ts';
import { signInAnswer } from '../token-answer.ts';
import { tokenNeeds } from '../token-needs.ts';

const needs = {
  ...tokenNeeds(),
  passkeyChallenges: stagePasskeyChallenges(),
};

export const handler = publicRoute({ body: PasskeyLoginRequest }, async (request) => {
  const { assertion, device_name: deviceName, device_token: deviceToken } = request.body;
  const browser = formCookie(request, needs.settings);
  const tried = { assertion, browser, deviceName, deviceToken: () => deviceToken };
  return signInAnswer(await signInWithPasskey(needs, tried, request.context));
});
