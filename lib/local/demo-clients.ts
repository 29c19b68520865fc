/** The clients of the local stage, as its settings: for the demo app, and for whoever tries a client with a secret. */
import type { ClientSettings } from '../service/settings/clients.ts';
import { DEMO_CLIENT } from './demo-app.ts';

export const demoClients = (issuer: string): Record<string, ClientSettings> => ({
  [DEMO_CLIENT]: {
    kind: 'public',
    name: 'Demo app',
    redirectUris: [`${issuer}/`],
    postLogoutRedirectUris: [`${issuer}/`],
    scopes: ['openid', 'profile', 'email', 'org', 'offline_access', 'account'],
  },
  'demo-server': {
    kind: 'confidential',
    name: 'Demo server',
    // At any port.
    redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    postLogoutRedirectUris: ['http://localhost/', 'http://127.0.0.1/'],
    scopes: ['openid', 'profile', 'email', 'org', 'offline_access'],
  },
});
