/** Sessions of clients, as the client itself ends them. */

import type { ClientId, SessionId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { revoke, revokeParameters } from './revocation.ts';
import { isUnspent, onceParameters, spends } from './used-once.ts';

/**
 * Ends what a client was given, by one of its tokens; another's, or one of the JSON door, is left as it is (RFC 7009 §2.1).
 * @returns false for an assertion that came before
 */
export async function endClientSession(
  database: Database,
  { clientId, shown }: { readonly clientId: ClientId; readonly shown: readonly OneUse[] },
  sessionId: SessionId,
  context: RequestContext,
): Promise<boolean> {
  const [row] = await database.query<{ is_new: boolean }>(
    `
    with ${spends},
    ${revoke(`s.session_id = :session_id::uuid and s.client_id = :client_id and ${isUnspent}`)}
    select ${isUnspent} as is_new`,
    {
      session_id: sessionId,
      client_id: clientId,
      ...onceParameters(...shown),
      ...revokeParameters('logout', context),
    },
  );
  return row?.is_new ?? false;
}
