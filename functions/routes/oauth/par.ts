/** POST /oauth/par: a client pushes its request for authorization, and sends the browser with its address (RFC 9126). */
import { PushRequest } from '../../contracts/http/oauth.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import { currentClients } from '../../flows/find-current-client.ts';
import { pushRequest } from '../../flows/push-request.ts';
import { withProof } from '../../http/client-proof.ts';
import { clientRoute } from '../../http/client-route.ts';
import { readIdTokenHint } from '../../http/id-token-hint.ts';
import { stageClients, stageFetch } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePublishedKeys } from '../../stage/published-keys.ts';
import { stageSettings } from '../../stage/settings.ts';

const settings = stageSettings();
const database = stageDatabase();
const publishedKeys = stagePublishedKeys();
const clients = stageClients(currentClients({ database, settings, fetch: stageFetch() }));
const needs = {
  settings,
  database,
  readHint: (token: string, clientId: Parameters<typeof readIdTokenHint>[1]) =>
    readIdTokenHint(token, clientId, publishedKeys, settings),
};
const authenticate = clientAuthentication({ clients, settings }, '/oauth/par');

export const handler = clientRoute(authenticate, { body: PushRequest }, async (request, client) => {
  const { body, context } = request;
  const { client_secret: _, client_assertion: __, client_assertion_type: ___, ...sent } = body;
  const parameters = Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [name, value === undefined ? undefined : [value].flat()]),
  );
  const { requestUri, expiresIn } = await pushRequest(
    needs,
    await withProof(request, client, settings),
    parameters,
    context.now,
  );
  return { status: 201, body: { request_uri: requestUri, expires_in: expiresIn } };
});
