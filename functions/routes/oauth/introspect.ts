/** POST /oauth/introspect (RFC 7662), for clients; services with IAM credentials have /v1/auth/introspect. */
import { ClientTokenRequest } from '../../contracts/http/oauth.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import { currentClients } from '../../flows/find-current-client.ts';
import { introspectFor } from '../../flows/introspect-for-client.ts';
import { clientRoute } from '../../http/client-route.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageClients, stageFetch } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const settings = stageSettings();
const database = stageDatabase();
const clients = stageClients(currentClients({ database, settings, fetch: stageFetch() }));
const { read } = stageBearerTokens();
const needs = { settings, database, clients, refreshTokens: stageRefreshTokens(), read };

export const handler = clientRoute(
  clientAuthentication({ clients, settings }, '/oauth/introspect'),
  { body: ClientTokenRequest },
  async ({ body, context }, client) => ({
    status: 200,
    body: await introspectFor(needs, client, body.token, context),
  }),
);
