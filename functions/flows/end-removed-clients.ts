/** Ends the sessions of clients that were removed, in batches, as long as there is time. Killing it is harmless. */
import type { SessionId } from '../domain/ids.ts';
import type { Cause } from '../domain/request-context.ts';
import type { Database } from '../store/database.ts';
import { endNextSessions, findRemovedClients, type RemovedClient } from '../store/removed-clients.ts';

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
    if (!(await endSessionsOf(database, client, context, mayGoOn))) break;
    done++;
  }
  return done;
}

/** @returns whether none is left */
export async function endSessionsOf(
  database: Database,
  client: RemovedClient,
  context: Cause,
  mayGoOn: () => boolean,
): Promise<boolean> {
  let after: SessionId | null = null;
  do {
    if (!mayGoOn()) return false;
    after = await endNextSessions(database, client, { after, most: MOST }, context);
  } while (after !== null);
  return true;
}
