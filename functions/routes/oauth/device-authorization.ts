/** POST /oauth/device_authorization: a device without a browser gets a code for itself, and one for a person (RFC 8628). */
import { DeviceRequest } from '../../contracts/http/oauth.ts';
import { parseScope } from '../../domain/scopes.ts';
import { askForDevice } from '../../flows/ask-for-device.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import { clientRoute } from '../../http/client-route.ts';
import { stageClients } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stagePseudonyms } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { findClient } from '../../store/find-clients.ts';

const settings = stageSettings();
const database = stageDatabase();
const needs = { settings, database, pseudonyms: stagePseudonyms() };
const clients = stageClients((clientId) => findClient(database, clientId));
const authenticate = clientAuthentication({ clients, settings }, '/oauth/device_authorization');

export const handler = clientRoute(authenticate, { body: DeviceRequest }, async ({ body, context }, client) => {
  const { scope = '', resource = [] } = body;
  const asked = await askForDevice(needs, client, { scope: parseScope(scope), resource }, context);
  const page = `${settings.issuer}/device`;
  return {
    status: 200,
    body: {
      device_code: asked.deviceCode,
      user_code: asked.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${asked.userCode}`,
      expires_in: asked.expiresIn,
      interval: asked.interval,
    },
  };
});
