/** POST /v1/admin/clients/{client_id}/secrets, DELETE /v1/admin/clients/{client_id}/secrets/{secret_id} */
import type { SecretId } from '../../../domain/ids.ts';
import { dropSecret, rotateSecret } from '../../../flows/administer-clients.ts';
import { byMethod } from '../../../http/by-method.ts';
import { pathClientId, pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = byMethod({
  POST: bearerRoute(authenticate, {}, async (request, claims) => {
    const { context } = request;
    const { secretId, secret } = await rotateSecret(needs, { ...needs, claims }, pathClientId(request), context);
    return {
      status: 201,
      body: { secret_id: secretId, client_secret: secret, created_at: context.now.toISOString() },
    };
  }),
  DELETE: bearerRoute(authenticate, {}, async (request, claims) => {
    const secretId = pathId<SecretId>(request, 'secret_id');
    await dropSecret(needs, { ...needs, claims }, pathClientId(request), secretId, request.context);
    return { status: 204 };
  }),
});
