/** Clients that show who they are to a function, with the memory that it has of them. */
import type { AuthenticatedClient, ClientCredentials } from '../../functions/domain/client-credentials.ts';
import { clientAuthentication } from '../../functions/flows/authenticate-client.ts';
import { fetchPublic } from '../../functions/runtime/fetch-public.ts';
import { rememberedClients, remoteKeys } from '../../functions/stage/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { findClient } from '../../functions/store/find-clients.ts';
import { defaultSettings as settings } from './settings.ts';

export const idOf = (found: AuthenticatedClient | null) => found?.client.client_id ?? null;

/**
 * A function that has just started, and how often it has asked for a client.
 * @param allowed `host:port` of servers that it may fetch keys from
 */
export function startedWith(database: Database, endpoint = '/oauth/token', allowed: readonly string[] = []) {
  let reads = 0;
  const find = rememberedClients((id) => {
    reads++;
    return findClient(database, id);
  });
  const keysAt = remoteKeys(fetchPublic(new Set(allowed)));
  const authenticate = clientAuthentication({ clients: { find, keysAt }, settings }, endpoint);
  return {
    reads: () => reads,
    show: (credentials: ClientCredentials) => authenticate(credentials, new Date()),
    assert: (assertion: string, clientId?: string) =>
      authenticate({ method: 'private_key_jwt', assertion, ...(clientId ? { clientId } : {}) }, new Date()),
  };
}
