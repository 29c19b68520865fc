/** PUT and DELETE /v1/auth/passkeys/{passkey_id} */
import { RenamePasskeyRequest } from '../../../contracts/http/passkeys.ts';
import type { FactorId } from '../../../domain/ids.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { dropPasskey } from '../../../flows/passkeys.ts';
import { byMethod } from '../../../http/by-method.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { renamePasskey } from '../../../store/passkeys.ts';

const { authenticateEnrolling } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = byMethod({
  PUT: bearerRoute(
    authenticateEnrolling,
    { body: RenamePasskeyRequest },
    async ({ body, context, ...request }, claims) => {
      const factorId = pathId<FactorId>(request, 'passkey_id');
      assertAllowed(await renamePasskey(needs.database, claims, { factorId, name: body.name }, context));
      return { status: 204 };
    },
  ),
  DELETE: bearerRoute(authenticateEnrolling, {}, async (request, claims) => {
    await dropPasskey(needs, claims, pathId<FactorId>(request, 'passkey_id'), request.context);
    return { status: 204 };
  }),
});
