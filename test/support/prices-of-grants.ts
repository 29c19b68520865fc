/** What the endpoints for clients spend, warm: rows for test/service/round-trips.test.ts. */
import { TOKEN_EXCHANGE } from '../../functions/domain/client.ts';
import { newClient, type TestClient } from './clients.ts';
import { type Device, newDevice, newTool, poll } from './devices.ts';
import { exchange, formTo, newCode } from './grants.ts';
import type { Row } from './page-budgets.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

interface Granted {
  readonly person: Person;
  readonly client: TestClient;
  readonly code: string;
  readonly refreshToken: string;
  readonly bearer: { readonly authorization: string };
}

/** @param of the service, once it has started */
export function pricesOfGrants(of: () => Service): Readonly<Record<string, Row>> {
  /** A client in the memory of the function at the path, with a further code. */
  const granted = (path: string) => async (): Promise<Granted> => {
    const service = of();
    const person = await registerAndLogin(service);
    const client = await newClient(service, 'confidential', { scopes: ['openid', 'email'] });
    const { body } = await exchange(service, client, await newCode(service, person, client));
    await formTo(service, path, client, { token: 'x', grant_type: 'x' });
    const bearer = { authorization: `Bearer ${body.access_token}` };
    const code = await newCode(service, person, client);
    return { person, client, code, refreshToken: body.refresh_token, bearer };
  };
  const byToken = (path: string): Row => ({
    database: 1,
    given: granted(path),
    request: ({ client, refreshToken }: Granted) => formTo(of(), path, client, { token: refreshToken }),
  });
  return {
    // The two tokens are signed side by side.
    'POST /oauth/token': {
      database: 1,
      signatures: 2,
      given: granted('/oauth/token'),
      request: ({ client, code }: Granted) => exchange(of(), client, code),
    },
    'GET /oauth/userinfo': {
      database: 1,
      given: granted('/oauth/token'),
      request: ({ bearer }: Granted) => of().get('/oauth/userinfo', bearer),
    },
    'POST /oauth/userinfo': {
      database: 1,
      given: granted('/oauth/token'),
      request: ({ bearer }: Granted) => of().send('POST', '/oauth/userinfo', undefined, bearer),
    },
    'POST /oauth/introspect': byToken('/oauth/introspect'),
    'POST /oauth/revoke': byToken('/oauth/revoke'),
    'GET /.well-known/oauth-authorization-server': {
      database: 0,
      request: () => of().get('/.well-known/oauth-authorization-server'),
    },
    'GET /.well-known/oauth-protected-resource': {
      database: 0,
      request: () => of().get('/.well-known/oauth-protected-resource'),
    },
    'GET /.well-known/oauth-protected-resource/v1': {
      database: 0,
      request: () => of().get('/.well-known/oauth-protected-resource/v1'),
    },
    'OPTIONS /{proxy+}': { database: 0, request: () => of().send('OPTIONS', '/v1/auth/me') },
  };
}

/** Ways to the token endpoint beside a code. */
export function pricesOfOtherGrants(of: () => Service): Readonly<Record<string, Row>> {
  const ask = (client: TestClient, fields: Record<string, string>) => formTo(of(), '/oauth/token', client, fields);
  const acting = (client: TestClient, { accessToken }: Person) => {
    const subject = { subject_token: accessToken, subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' };
    return ask(client, { grant_type: TOKEN_EXCHANGE, ...subject });
  };
  const refreshing = (scope: readonly string[]) => async () => {
    const service = of();
    const person = await registerAndLogin(service);
    const client = await newClient(service, 'confidential', { scopes: ['openid', 'email'] });
    const { body } = await exchange(service, client, await newCode(service, person, client, { scope }));
    return { client, token: body.refresh_token };
  };
  const request = ({ client, token }: { client: TestClient; token: string }) =>
    ask(client, { grant_type: 'refresh_token', refresh_token: token });
  return {
    'a refresh with an ID token': { database: 1, signatures: 2, given: refreshing(['openid']), request },
    'a refresh without one': { database: 1, signatures: 1, given: refreshing(['email']), request },
    'a device that waits': {
      database: 1,
      given: async () => {
        const tool = await newTool(of());
        const device = await newDevice(of(), tool);
        await poll(of(), tool, device);
        return { tool, device };
      },
      request: ({ tool, device }: { tool: TestClient; device: Device }) => poll(of(), tool, device),
      status: 400,
    },
    'a machine in memory': {
      database: 0,
      signatures: 1,
      given: async () => {
        const client = await newClient(of(), 'machine');
        await ask(client, { grant_type: 'client_credentials' });
        return client;
      },
      request: (client: TestClient) => ask(client, { grant_type: 'client_credentials' }),
    },
    'an exchange': {
      database: 1,
      signatures: 1,
      given: async () => {
        const [service, person] = [of(), await registerAndLogin(of())];
        const client = await newClient(service, 'machine', { grants: [TOKEN_EXCHANGE], first_party: true });
        await acting(client, person);
        return { client, person };
      },
      request: ({ client, person }: { client: TestClient; person: Person }) => acting(client, person),
    },
    'a machine that is not': {
      database: 1,
      signatures: 1,
      given: () => newClient(of(), 'machine'),
      request: (client: TestClient) => ask(client, { grant_type: 'client_credentials' }),
    },
  };
}
