/** GET and POST /v1/admin/clients */
import { ClientRequest, ClientsQuery } from '../../contracts/http/clients.ts';
import type { ClientId } from '../../domain/ids.ts';
import { assertAllowed } from '../../domain/refusal.ts';
import { createClient } from '../../flows/administer-clients.ts';
import { byMethod } from '../../http/by-method.ts';
import { bearerRoute } from '../../http/route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageSettings } from '../../stage/settings.ts';
import { listClients } from '../../store/administered-clients.ts';
import { dated, savedClient } from './clients/administered-client.ts';

const { authenticate } = stageBearerTokens();
const needs = { settings: stageSettings(), database: stageDatabase() };

export const handler = byMethod({
  GET: bearerRoute(
    authenticate,
    { query: ClientsQuery },
    async ({ query: { cursor = null, limit = '50' }, context }, claims) => {
      const page = { after: cursor as ClientId | null, limit: Number(limit) };
      const { verdict, clients } = await listClients(needs.database, { ...needs, claims }, page, context);
      assertAllowed(verdict);
      const shown = clients.slice(0, page.limit);
      const next_cursor = clients.length > page.limit ? (shown.at(-1)?.client_id ?? null) : null;
      return { status: 200, body: { clients: shown.map(dated), next_cursor } };
    },
  ),
  POST: bearerRoute(authenticate, { body: ClientRequest }, async ({ body, context }, claims) => ({
    status: 201,
    body: savedClient(await createClient(needs, { ...needs, claims }, body, context)),
  })),
});
