/** What the administration of clients may spend, for test/service/round-trips.test.ts. */
import { newClient, type TestClient } from './clients.ts';
import type { Row } from './page-budgets.ts';
import type { Person } from './people.ts';
import type { Service } from './service.ts';

const path = '/v1/admin/clients';
const json = { 'content-type': 'application/json' };
const agent = { redirect_uris: ['https://agent.example/'], token_endpoint_auth_method: 'none' };
const machine = { kind: 'machine', name: 'Job' };

/** @param now what there is by the time that a request is sent */
export function clientBudgets(
  now: () => { readonly service: Service; readonly person: Person },
): Readonly<Record<string, Row>> {
  const given = () => newClient(now().service, 'machine');
  const send = (method: string, below = '', body?: object) => {
    const { service, person } = now();
    const headers = { ...person.bearer, ...(body ? { 'content-type': 'application/json' } : {}) };
    return service.send(method, `${path}${below}`, body && JSON.stringify(body), headers);
  };
  const registered = async () => (await now().service.post('/oauth/register', agent)).body;
  type Registered = Awaited<ReturnType<typeof registered>>;
  const ofItself = (method: string, body?: object) => (client: Registered) =>
    now().service.send(
      method,
      `/oauth/register/${client.client_id}`,
      body && JSON.stringify({ ...body, client_id: client.client_id }),
      { authorization: `Bearer ${client.registration_access_token}`, ...(body ? json : {}) },
    );
  return {
    // Limits and token; then as an administrator's.
    'POST /oauth/register': { database: 3, request: () => now().service.post('/oauth/register', agent) },
    'GET /oauth/register/{client_id}': { database: 1, given: registered, request: ofItself('GET') },
    'PUT /oauth/register/{client_id}': { database: 3, given: registered, request: ofItself('PUT', agent) },
    'DELETE /oauth/register/{client_id}': { database: 2, given: registered, request: ofItself('DELETE') },
    [`GET ${path}`]: { database: 1, request: () => send('GET') },
    // What is stored is read then: who asks for it again sees the same.
    [`POST ${path}`]: { database: 2, request: () => send('POST', '', machine) },
    [`GET ${path}/{client_id}`]: {
      database: 1,
      given,
      request: ({ clientId }: TestClient) => send('GET', `/${clientId}`),
    },
    [`PUT ${path}/{client_id}`]: {
      database: 2,
      given,
      request: ({ clientId }: TestClient) => send('PUT', `/${clientId}`, machine),
    },
    // The client, and its sessions: each batch of 500 is one more.
    [`DELETE ${path}/{client_id}`]: {
      database: 2,
      given,
      request: ({ clientId }: TestClient) => send('DELETE', `/${clientId}`),
    },
    [`POST ${path}/{client_id}/secrets`]: {
      database: 1,
      given,
      request: ({ clientId }: TestClient) => send('POST', `/${clientId}/secrets`),
    },
    [`DELETE ${path}/{client_id}/secrets/{secret_id}`]: {
      database: 1,
      given: async () => {
        const { clientId } = await given();
        return { clientId, secretId: (await send('POST', `/${clientId}/secrets`)).body.secret_id };
      },
      request: ({ clientId, secretId }: { clientId: string; secretId: string }) =>
        send('DELETE', `/${clientId}/secrets/${secretId}`),
    },
  };
}
