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
    // At any port (RFC 8252 §7.3). Where people are led after signing out is compared exactly (OpenID Connect RP-Initiated
    // Logout 1.0 §3), so these are the ports that such a server usually has.
    redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    postLogoutRedirectUris: [3001, 5173, 8000, 8080].map((port) => `http://localhost:${port}/`),
    scopes: ['openid', 'profile', 'email', 'org', 'offline_access'],
  },
});
