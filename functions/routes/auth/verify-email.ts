/** POST /v1/auth/verify-email: by the mailed link's token, or by the mailed code. */
import { VerifyEmailRequest } from '../../contracts/http.ts';
import type { UserId } from '../../domain/ids.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { asksForRegistrant } from '../../flows/confirm-registrant.ts';
import { verifyByCode } from '../../flows/verify-by-code.ts';
import { verifyEmail } from '../../flows/verify-email.ts';
import { publicRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageKeys, stageOneTimeTokens, stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const settings = stageSettings();
const needs = {
  settings,
  database: stageDatabase(),
  pseudonyms: stagePseudonyms(),
  oneTimeTokens: stageOneTimeTokens(),
  codeKey: stageKeys('verification-code'),
  passwords: await passwordHasher(settings),
};

export const handler = publicRoute({ body: VerifyEmailRequest }, async (request) => {
  const { body, headers, context } = request;
  const { token, user_id: userId = '', code: digits = '', password } = body;
  const asksForSession = asksForRegistrant(settings) && headers.authorization !== undefined;
  const claims = asksForSession ? await authenticate(request) : null;
  const registrant = { claims, password };
  if (token === undefined) {
    await verifyByCode(needs, { userId: userId as UserId, digits }, registrant, context);
  } else if ((await verifyEmail(needs, token, registrant, context)) === 'before') {
    // The code is that of every used link; the detail is for whoever holds the genuine one.
    throw new Problem('VERIFICATION_TOKEN_INVALID', { detail: 'The address is verified already.' });
  }
  return { status: 200, body: { message: 'The address is verified.' } };
});
