/** Whether a client is who it says it is (RFC 6749 §2.3, RFC 7523 §3, S77). */
import type { RegisteredClient } from '../domain/client.ts';
import { readAssertion, verifyAssertion } from '../domain/client-assertion.ts';
import type { AuthenticatedClient, ClientCredentials } from '../domain/client-credentials.ts';
import type { KeySet } from '../domain/client-keys.ts';
import { isSecret } from '../domain/client-secret.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';

/** Clients as a function remembers them, for a minute at most (stage/clients.ts). */
export interface Clients {
  /** @param anew reads it again, unless that was done a moment ago: what it shows is not what is remembered of it */
  find(clientId: ClientId, anew?: boolean): Promise<RegisteredClient | null>;
  /**
   * Of a client that has its keys at an address.
   * @param kid fetched again where they have none of this name
   * @throws Problem SERVICE_UNAVAILABLE when they cannot be fetched
   */
  keysAt(uri: string, kid: string | undefined): Promise<KeySet>;
}

export interface ClientNeeds {
  readonly clients: Clients;
  readonly settings: Pick<Settings, 'issuer' | 'clockSkewSeconds'>;
}

const TOKEN_ENDPOINT = '/oauth/token';

/**
 * For {@link clientRoute}: `clientRoute(clientAuthentication(needs, '/oauth/par'), …)`.
 * @param endpoint the route's path; assertions may be meant for it, too (RFC 9126 §2)
 * @returns a function that answers null for credentials that are no client's, or not by this way
 */
export function clientAuthentication({ clients, settings }: ClientNeeds, endpoint: string) {
  const { issuer, clockSkewSeconds } = settings;
  const audiences = [issuer, `${issuer}${TOKEN_ENDPOINT}`, `${issuer}${endpoint}`];

  /** What is remembered may be a minute old, and the secret or key newer. */
  async function found<T>(
    clientId: ClientId,
    shows: (client: RegisteredClient) => T | null | Promise<T | null>,
  ): Promise<T | null> {
    for (const anew of [false, true]) {
      const client = await clients.find(clientId, anew);
      if (!client) return null;
      const shown = await shows(client);
      if (shown) return shown;
    }
    return null;
  }

  async function byAssertion(assertion: string, named: string | undefined, now: Date) {
    const read = readAssertion(assertion);
    if (!read || (named !== undefined && named !== read.clientId)) return null;
    return found(read.clientId, async (client) => {
      if (client.authentication !== 'private_key_jwt') return null;
      const { keys } = client.jwks ?? (await clients.keysAt(client.jwks_uri ?? '', read.kid));
      const shown = await verifyAssertion(assertion, read, keys, { audiences, clockSkewSeconds, now });
      return shown && { client, assertion: shown };
    });
  }

  return async (credentials: ClientCredentials, now: Date): Promise<AuthenticatedClient | null> => {
    if (credentials.method === 'private_key_jwt') return byAssertion(credentials.assertion, credentials.clientId, now);
    const authentication = credentials.method === 'none' ? 'none' : 'client_secret';
    return found(credentials.clientId as ClientId, (client) => {
      if (client.authentication !== authentication) return null;
      const fits = credentials.method === 'none' || isSecret(credentials.clientSecret, client.secrets, now);
      return fits ? { client, assertion: null } : null;
    });
  };
}
