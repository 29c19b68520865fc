/** A route for OAuth clients only: it answers with the client's name and its way of authentication. */
import { RevokeRequest } from '../../../functions/contracts/http.ts';
import type { ClientCredentials } from '../../../functions/domain/client-credentials.ts';
import { Problem } from '../../../functions/domain/problem.ts';
import { clientRoute } from '../../../functions/http/client-route.ts';

const secrets = new Map([
  ['machine', 's3cret'],
  ['with:colon', 'p+w %/å'],
  ['public', null],
]);

const client = { redirect_uris: ['https://client.example/callback'] };

function findClient(credentials: ClientCredentials) {
  if (credentials.method === 'private_key_jwt')
    return { client, id: credentials.assertion, method: credentials.method };
  if (credentials.method === 'workload') return null;
  const { clientId: id, method } = credentials;
  // As the database does.
  if (id.includes('\0')) throw new Error('text that no database holds');
  const shown = credentials.method === 'none' ? null : credentials.clientSecret;
  return secrets.get(id) === shown ? { client, id, method } : null;
}

export const handler = clientRoute(findClient, { body: RevokeRequest }, ({ body }, { id, method }) => {
  if (body.token === 'broken') throw new Error('a secret');
  if (body.token === 'often') throw new Problem('RATE_LIMITED', { retryAfter: 3 });
  return { status: 200, body: { message: `${id} by ${method}` } };
});
