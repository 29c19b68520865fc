/** Sessions of clients, as the client itself ends them. */
import type { ShownAssertion } from '../domain/client-credentials.ts';
import type { ClientId, SessionId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { revoke, revokeParameters } from './revocation.ts';
import { assertionParameters, isAssertionNew, spendsAssertion } from './used-assertions.ts';

/**
 * Ends what a client was given, by one of its tokens; another's, or one of the JSON door, is left as it is (RFC 7009 §2.1).
 * @returns false for an assertion that came before
 */
export async function endClientSession(
  database: Database,
  { clientId, assertion }: { readonly clientId: ClientId; readonly assertion: ShownAssertion | null },
  sessionId: SessionId,
  context: RequestContext,
): Promise<boolean> {
  const [row] = await database.query<{ is_new: boolean }>(
    `
    with ${spendsAssertion},
    ${revoke(`s.session_id = :session_id::uuid and s.client_id = :client_id and ${isAssertionNew}`)}
    select ${isAssertionNew} as is_new`,
    {
      session_id: sessionId,
      client_id: clientId,
      ...assertionParameters(clientId, assertion),
      ...revokeParameters('logout', context),
    },
  );
  return row?.is_new ?? false;
}
