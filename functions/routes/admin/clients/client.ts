/** GET, PUT and DELETE /v1/admin/clients/{client_id} */
import { ClientRequest } from '../../../contracts/http/clients.ts';
import { changeClient, readClient, removeClient } from '../../../flows/administer-clients.ts';
import { byMethod } from '../../../http/by-method.ts';
import { pathClientId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { stageBearerTokens } from '../../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../../stage/database.ts';
import { stageSettings } from '../../../stage/settings.ts';
import { administeredClient, savedClient } from './administered-client.ts';

/** Batches of 500 sessions that a removal waits for; the sweep ends the others within the hour. */
const BATCHES = 4;

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = byMethod({
  GET: bearerRoute(authenticate, {}, async (request, claims) => {
    const client = await readClient(needs, { ...needs, claims }, pathClientId(request), request.context);
    return { status: 200, body: administeredClient(client) };
  }),
  PUT: bearerRoute(authenticate, { body: ClientRequest }, async ({ body, ...request }, claims) => {
    const saved = await changeClient(needs, { ...needs, claims }, pathClientId(request), body, request.context);
    return { status: 200, body: savedClient(saved) };
  }),
  DELETE: bearerRoute(authenticate, {}, async (request, claims) => {
    let left = BATCHES;
    await removeClient(needs, { ...needs, claims }, pathClientId(request), request.context, () => left-- > 0);
    return { status: 204 };
  }),
});
