/** Whether a client is who it says it is (RFC 6749 §2.3, RFC 7523 §3, S77). */
import type { RegisteredClient } from '../domain/client.ts';
import { readAssertion, verifyAssertion } from '../domain/client-assertion.ts';
import type { AuthenticatedClient, ClientCredentials } from '../domain/client-credentials.ts';
import type { KeySet } from '../domain/client-keys.ts';
import { isSecret } from '../domain/client-secret.ts';
import type { ClientId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import type { Settings } from '../domain/settings.ts';
import { readJwt } from '../domain/signed-jwt.ts';
import { clientsBy, type TrustedIssuer, verifyWorkload } from '../domain/trusted-issuer.ts';
import { log } from '../runtime/log.ts';

/** Clients as a function remembers them, for a minute at most (stage/clients.ts). */
export interface Clients {
  /** @param anew reads it again, unless that was done a moment ago: what it shows is not what is remembered of it */
  find(clientId: ClientId, anew?: boolean): Promise<RegisteredClient | null>;
  /**
   * Of a client that has its keys at an address.
   * @param kid fetched again where they have none of this name
   * @param isIssuer the address is an issuer's, whose discovery document says where they are
   * @throws Problem SERVICE_UNAVAILABLE when they cannot be fetched
   */
  keysAt(uri: string, kid: string | undefined, isIssuer?: boolean): Promise<KeySet>;
}

export interface ClientNeeds {
  readonly clients: Clients;
  readonly settings: Pick<Settings, 'issuer' | 'clockSkewSeconds'>;
  /** At the token endpoint. */
  readonly trustedIssuers?: readonly TrustedIssuer[];
}

const TOKEN_ENDPOINT = '/oauth/token';

/**
 * For {@link clientRoute}: `clientRoute(clientAuthentication(needs, '/oauth/par'), …)`.
 * @param endpoint the route's path; assertions may be meant for it, too (RFC 9126 §2)
 * @returns a function that answers null for credentials that are no client's, or not by this way
 */
export function clientAuthentication({ clients, settings, trustedIssuers = [] }: ClientNeeds, endpoint: string) {
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
    if (!read) return byWorkload(assertion, named, now);
    if (named !== undefined && named !== read.clientId) return null;
    return found(read.clientId, async (client) => {
      if (client.authentication !== 'private_key_jwt') return null;
      const { keys } = client.jwks ?? (await clients.keysAt(client.jwks_uri ?? '', read.kid));
      const shown = await verifyAssertion(assertion, read, keys, { audiences, clockSkewSeconds, now });
      return shown && { client, shown: [shown], jkt: null };
    });
  }

  /** Its platform says what it is, and the settings which client that is: nobody has a secret. */
  async function byWorkload(token: string, named: string | undefined, now: Date): Promise<AuthenticatedClient | null> {
    const read = readJwt(token);
    const trusted = trustedIssuers.find((one) => one.issuer === read?.claims.iss && one.issuer !== issuer);
    if (!read || !trusted) return null;
    const { jwks, jwksUri = trusted.issuer } = trusted;
    const { keys } = jwks ?? (await clients.keysAt(jwksUri, read.kid, trusted.jwksUri === undefined));
    const claims = await verifyWorkload(token, read, keys, trusted, { issuer, clockSkewSeconds, now });
    const [clientId, ...others] = claims ? clientsBy(trusted, claims) : [];
    if (others.length > 0) log('warn', 'a workload is several clients', { issuer: trusted.issuer, clientId, others });
    if (clientId === undefined || others.length > 0 || (named ?? clientId) !== clientId) return null;
    const client = await clients.find(clientId as ClientId);
    return client?.kind === 'machine' ? { client, shown: [], jkt: null } : null;
  }

  return async (credentials: ClientCredentials, now: Date): Promise<AuthenticatedClient | null> => {
    if (credentials.method === 'workload') {
      const { token, clientId, isSubject } = credentials;
      const found = await byWorkload(token, clientId, now);
      if (found) return { ...found, isSubject };
      if (isSubject) return null;
      // RFC 7521 §4.1.1.
      throw new Problem(trustedIssuers.length > 0 ? 'GRANT_INVALID' : 'GRANT_TYPE_UNSUPPORTED');
    }
    if (credentials.method === 'private_key_jwt') return byAssertion(credentials.assertion, credentials.clientId, now);
    const authentication = credentials.method === 'none' ? 'none' : 'client_secret';
    return found(credentials.clientId as ClientId, (client) => {
      if (client.authentication !== authentication) return null;
      const fits = credentials.method === 'none' || isSecret(credentials.clientSecret, client.secrets, now);
      return fits ? { client, shown: [], jkt: null } : null;
    });
  };
}
