/** POST /oauth/register; GET, PUT and DELETE /oauth/register/{client_id}: clients that register themselves. */
import { RegisterClientRequest, ReplaceClientRequest } from '../../contracts/http/registration.ts';
import { isOriginOf } from '../../domain/client-origins.ts';
import { registrationHash, shownMetadata } from '../../domain/client-registration.ts';
import { Problem } from '../../domain/problem.ts';
import { readClient, removeClient } from '../../flows/administer-clients.ts';
import { type Manager, type Registered, registerClient, replaceRegistration } from '../../flows/register-client.ts';
import { byMethod } from '../../http/by-method.ts';
import type { HttpAnswer, RawRequest } from '../../http/messages.ts';
import { pathClientId } from '../../http/query.ts';
import { registrationRoute } from '../../http/registration-route.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';

/** Batches of 500 sessions that a removal waits for; the sweep ends the others within the hour. */
const BATCHES = 4;

const settings = stageSettings();
const needs = { settings, database: stageDatabase(), pseudonyms: stagePseudonyms() };

export const handler = byMethod({
  POST: registrationRoute({ body: RegisterClientRequest }, async ({ body, context }, token) =>
    answerOf(201, await registerClient(needs, { sent: body, token }, context)),
  ),
  GET: registrationRoute({}, async (request, token) => {
    const { clientId, registrationToken } = manager(request, token);
    const author = { tokenHash: registrationHash(registrationToken) };
    const client = await readClient(needs, author, clientId, request.context);
    return answerOf(200, { client, registrationToken });
  }),
  PUT: registrationRoute({ body: ReplaceClientRequest }, async ({ body, ...request }, token) =>
    answerOf(200, await replaceRegistration(needs, manager(request, token), body, request.context)),
  ),
  DELETE: registrationRoute({}, async (request, token) => {
    const { clientId, registrationToken } = manager(request, token);
    const author = { tokenHash: registrationHash(registrationToken) };
    let left = BATCHES;
    await removeClient(needs, author, clientId, request.context, () => left-- > 0);
    return { status: 204 };
  }),
});

function manager(request: Pick<RawRequest, 'pathParameters'>, registrationToken: string | null): Manager {
  if (registrationToken === null) throw new Problem('TOKEN_INVALID', { tokenSent: false });
  return { clientId: pathClientId(request), registrationToken };
}

/** Nothing of it is cached: `no-store` is every answer's. */
const answerOf = (status: number, { client, secret, registrationToken }: Registered): HttpAnswer => ({
  status,
  headers: { pragma: 'no-cache' },
  body: {
    ...shownMetadata(client),
    client_id_issued_at: Math.floor(client.created_at / 1000),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    registration_client_uri: `${settings.issuer}/oauth/register/${client.client_id}`,
    registration_access_token: registrationToken,
  },
  isOfClient: (origin) => isOriginOf(origin, client.redirect_uris),
});
