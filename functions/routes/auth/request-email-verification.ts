/** POST /v1/auth/request-email-verification, for an address or for the bearer's own. */
import { RequestEmailVerificationRequest } from '../../contracts/http.ts';
import { requestVerification } from '../../flows/request-verification.ts';
import { publicRoute } from '../../http/route.ts';
import { bearerToken, isDpop } from '../../packages/verify/index.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase(), pseudonyms: stagePseudonyms() };

export const handler = publicRoute({ body: RequestEmailVerificationRequest }, async (request) => {
  const { body, headers, context } = request;
  // A header of another scheme, a proxy's own for instance, is no token of ours.
  const isOurs = bearerToken(headers.authorization) !== undefined || isDpop(headers.authorization);
  const claims = isOurs ? await authenticate(request) : null;
  await requestVerification(needs, { email: body.email, claims }, context);
  return {
    status: 202,
    body: {
      message: 'If the address has an account that is yet to be verified, a link is on its way.',
      correlation_id: context.correlationId,
    },
  };
});
