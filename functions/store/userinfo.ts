/** Whom a client's token is about, as the database has it now (OpenID Connect Core §5.3). */
import type { AccessClaims } from '../domain/access-token.ts';
import type { ClaimsRequest } from '../domain/authorization-request.ts';
import type { Client } from '../domain/client.ts';
import type { Person } from '../domain/person-claims.ts';
import type { Database } from './database.ts';
import { personColumns } from './persons.ts';
import { isLive } from './sessions.ts';

export interface Informed extends Person, Pick<Client, 'first_party' | 'scopes' | 'audiences' | 'redirect_uris'> {
  readonly claims: ClaimsRequest | null;
}

/** @returns null when the session is over, the client removed, or the account locked by an administrator */
export async function findInformed(
  database: Database,
  { sub, sid, client_id }: AccessClaims,
  now: Date,
): Promise<Informed | null> {
  const [row] = await database.query<Omit<Informed, 'claims'> & { readonly claims: string | null }>(
    `
    select ${personColumns}, s.claims, c.first_party, c.scopes, c.audiences, c.redirect_uris
    from sessions s
    join users u using (user_id)
    join clients c using (client_id)
    left join memberships m on m.user_id = s.user_id and m.org_id = s.org_id
    where
      s.session_id = :session_id::uuid
      and s.user_id = :user_id::uuid
      and s.client_id = :client_id
      and ${isLive}
      and (u.locked_until is null or u.locked_until <= :now::timestamptz)`,
    { session_id: sid, user_id: sub, client_id, now },
  );
  return row ? { ...row, claims: JSON.parse(row.claims ?? 'null') } : null;
}
