/** POST /oauth/revoke (RFC 7009), for clients, public ones by their `client_id`. */
import { ClientTokenRequest } from '../../contracts/http/oauth.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import { currentClients } from '../../flows/find-current-client.ts';
import { revokeForClient } from '../../flows/revoke-for-client.ts';
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
const needs = { database, refreshTokens: stageRefreshTokens(), read };

export const handler = clientRoute(
  clientAuthentication({ clients, settings }, '/oauth/revoke'),
  { body: ClientTokenRequest },
  async ({ body, context }, client) => {
    await revokeForClient(needs, client, body.token, context);
    return { status: 200, body: {} };
  },
);
