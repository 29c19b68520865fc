/** What the endpoints of OAuth may spend, for test/service/round-trips.test.ts. */
import { newClient, type TestClient } from './clients.ts';
import { askForDevice, browserOf, type Device, newDevice, newTool } from './devices.ts';
import { authorizeQuery, consented, signedInBrowser } from './oauth.ts';
import type { Row } from './page-budgets.ts';
import { type Visitor, visitor } from './page-visitor.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** A browser that a third party's request has led to the page. */
async function askedForConsent({ service }: { service: Service }): Promise<Visitor> {
  const visit = visitor(service);
  // Not an administrator, who would be asked for a second factor first.
  const { headers } = await signedInBrowser(service, await registerAndLogin(service));
  visit.cookies.set('identity', headers.cookie.slice('identity='.length));
  await visit.open(`/oauth/authorize?${authorizeQuery(await newClient(service, 'public'))}`);
  return visit;
}

/** @param now what there is by the time that a request is sent */
export function oauthBudgets(
  now: () => { readonly service: Service; readonly person: Person },
): Readonly<Record<string, Row>> {
  const signedIn = async () => ({
    client: await newClient(now().service, 'public', { first_party: true }),
    browser: await signedInBrowser(now().service, now().person),
  });
  const push = (client: TestClient) => now().service.send('POST', '/oauth/par', authorizeQuery(client), form);
  return {
    'GET /oauth/authorize': {
      database: 1,
      given: signedIn,
      request: ({ client, browser }) =>
        now().service.get(`/oauth/authorize?${authorizeQuery(client)}`, browser.headers),
    },
    'POST /oauth/authorize': {
      database: 1,
      given: signedIn,
      request: ({ client, browser }) =>
        now().service.send('POST', '/oauth/authorize', authorizeQuery(client), {
          ...form,
          ...browser.headers,
          'sec-fetch-site': 'same-origin',
        }),
    },
    'POST /oauth/par': {
      database: 1,
      // The client is known to the function then.
      given: async () => {
        const client = await newClient(now().service, 'public');
        await push(client);
        return client;
      },
      request: push,
    },
    'POST /oauth/device_authorization': {
      database: 1,
      given: async () => {
        const tool = await newTool(now().service);
        await askForDevice(now().service, tool);
        return tool;
      },
      request: (tool: TestClient) => askForDevice(now().service, tool),
    },
    'GET /device': { database: 0, request: () => now().service.get('/device') },
    'POST /device': {
      // Whose tries are counted, and the code.
      database: 2,
      given: async () => {
        const visit = await browserOf(now().service, now().person);
        await visit.open('/device');
        return { visit, device: await newDevice(now().service, await newTool(now().service)) };
      },
      request: ({ visit, device }: { visit: Visitor; device: Device }) => visit.submit({ user_code: device.user_code }),
    },
    'GET /consent': {
      database: 1,
      given: () => askedForConsent(now()),
      request: (visit: Visitor) => visit.open(visit.location()),
    },
    'POST /consent': {
      database: 1,
      given: async () => {
        const visit = await askedForConsent(now());
        await visit.open(visit.location());
        return visit;
      },
      request: (visit: Visitor) => visit.submit({ allow: 'true' }),
    },
    'GET /v1/auth/consents': {
      database: 1,
      request: () => now().service.get('/v1/auth/consents', now().person.bearer),
    },
    'DELETE /v1/auth/consents/{consent_id}': {
      database: 1,
      given: async () => consented(now().service, now().person, await newClient(now().service, 'public')),
      request: (consentId) => now().service.delete(`/v1/auth/consents/${consentId}`, undefined, now().person.bearer),
    },
  };
}
