/** POST /v1/auth/passkeys/login-options */
import { requestOptions } from '../../../flows/passkey-options.ts';
import { formCookie } from '../../../http/form-token.ts';
import { publicRoute } from '../../../http/route.ts';
import { stagePasskeyChallenges } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const settings = stageSettings();
const needs = { settings, passkeyChallenges: stagePasskeyChallenges() };

export const handler = publicRoute({}, async (request) => {
  const whom = { use: 'login', of: formCookie(request, settings) } as const;
  return { status: 200, body: { options: await requestOptions(needs, whom, request.context.now) } };
});
