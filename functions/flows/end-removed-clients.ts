/** Ends the sessions of clients that were removed, in batches, as long as there is time. Killing it is harmless. */
import type { Cause } from '../domain/request-context.ts';
import type { Database } from '../store/database.ts';
import { endNextSessions, findRemovedClients } from '../store/removed-clients.ts';

/** Sessions a statement, each with an event and an audit entry. */
const MOST = 500;
const MOST_CLIENTS = 20;

/**
 * @param mayGoOn whether there is time for another batch
 * @returns how many clients have no session left
 */
export async function endRemovedClients(database: Database, context: Cause, mayGoOn: () => boolean): Promise<number> {
  let done = 0;
  for (const client of await findRemovedClients(database, MOST_CLIENTS)) {
    let after: Parameters<typeof endNextSessions>[2]['after'] = null;
    do {
      if (!mayGoOn()) return done;
      after = await endNextSessions(database, client, { after, most: MOST }, context);
    } while (after !== null);
    done++;
  }
  return done;
}
