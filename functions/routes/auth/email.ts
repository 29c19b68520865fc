/** GET, POST and DELETE /v1/auth/email: the address, a change of it that is asked for, and one that is not wanted any more. */
import { ChangeEmailRequest } from '../../contracts/http/email-change.ts';
import { Problem } from '../../domain/problem.ts';
import { changeEmail, ownAddress } from '../../flows/change-email.ts';
import { byMethod } from '../../http/by-method.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { cancelEmailChange } from '../../store/email-changes.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase(), pseudonyms: stagePseudonyms() };

export const handler = byMethod({
  GET: bearerRoute(authenticate, {}, async ({ context }, claims) => ({
    status: 200,
    body: await ownAddress(needs.database, claims, context),
  })),
  POST: bearerRoute(authenticate, { body: ChangeEmailRequest }, async ({ body, context }, claims) => {
    await changeEmail(needs, claims, body.email, context);
    return {
      status: 202,
      body: {
        message: 'A link is on its way to the new address. Nothing changes before it is followed.',
        correlation_id: context.correlationId,
      },
    };
  }),
  DELETE: bearerRoute(authenticate, {}, async ({ context }, claims) => {
    if (!(await cancelEmailChange(needs.database, claims, context))) throw new Problem('TOKEN_INVALID');
    return { status: 204 };
  }),
});
