/** POST /v1/auth/email/confirm and POST /v1/auth/email/undo: the links of a change of address, of the new one and the old one. */
import { EmailChangeLinkRequest } from '../../../contracts/http/email-change.ts';
import { Problem } from '../../../domain/problem.ts';
import { endEmailChange, proveNewEmail } from '../../../flows/change-email.ts';
import { publicRoute } from '../../../http/route.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageDeviceTokens, stageOneTimeTokens, stagePseudonyms } from '../../../stage/keys.ts';
import { stageSettings } from '../../../stage/settings.ts';

const needs = {
  settings: stageSettings(),
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
};
const deviceTokens = stageDeviceTokens();

export const handler = publicRoute({ body: EmailChangeLinkRequest }, async ({ body, path, context }) => {
  if (path.endsWith('/undo')) {
    const outcome = await endEmailChange(needs, body.token, 'undo_email', context);
    if (outcome === 'before') {
      throw new Problem('VERIFICATION_TOKEN_INVALID', { detail: 'The change was ended already.' });
    }
    const message =
      outcome === 'undone'
        ? 'The account has its address again; every session has ended.'
        : 'The change is cancelled. Nothing was changed.';
    return { status: 200, body: { message } };
  }
  const { outcome, device } = await proveNewEmail(needs, body.token, context);
  if (outcome === 'before')
    throw new Problem('VERIFICATION_TOKEN_INVALID', { detail: 'The address is changed already.' });
  return {
    status: 200,
    body: {
      message: 'The address is changed; every other session has ended.',
      ...(device && { device_token: await deviceTokens.seal(device) }),
    },
  };
});
