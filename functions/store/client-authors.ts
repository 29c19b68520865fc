/** Who changes clients, and what is reported of it. */
import type { AccessClaims } from '../domain/access-token.ts';
import { type Client, clientAggregate } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Cause } from '../domain/request-context.ts';
import { administratorsOnly } from './administration.ts';
import { type AuditAction, auditEntry, auditEntryBy } from './audit.ts';
import { newEvent } from './outbox.ts';
import { type RecencySettings, recencyParameters, staleFirst, staleUnless } from './recent-authentication.ts';
import { caller, callerParameters } from './sessions.ts';

export interface ClientAdministrator {
  readonly claims: AccessClaims;
  readonly settings: RecencySettings;
}
/** Who changes clients: an administrator by an access token, or one without an account, whom AWS lets at the database. */
export type ClientAuthor = ClientAdministrator | 'operator' | 'settings';

/** The first cases of a verdict: an administrator is looked up, others are who AWS says. */
export const authorsOnly = (author: ClientAuthor) => (typeof author === 'string' ? '' : administratorsOnly);
export const authorOf = (author: ClientAuthor) => (typeof author === 'string' ? '' : `${caller},`);
export const authorParameters = (author: ClientAuthor, { now }: Pick<Cause, 'now'>) =>
  typeof author === 'string' ? { now } : callerParameters(author.claims, { now });

/** The same for what changes a client: a stolen session of an administrator makes and takes no secret (S85). */
export const sureAuthorsOnly = (author: ClientAuthor) =>
  typeof author === 'string' ? '' : `${administratorsOnly} ${staleFirst}`;
export const sureAuthorOf = (author: ClientAuthor) =>
  typeof author === 'string' ? '' : `${caller}, ${staleUnless('true')},`;
export const sureParameters = (author: ClientAuthor, context: Pick<Cause, 'now'>) => ({
  ...authorParameters(author, context),
  ...(typeof author === 'string' ? {} : recencyParameters(author.settings)),
});

/** Events and audit entries of what may become of a client. One of them is written, so they may have the same id. */
export function clientReports(
  author: ClientAuthor,
  clientId: ClientId,
  about: Pick<Client, 'kind' | 'name' | 'org_id'> | null,
  context: Cause,
) {
  const aggregate = { type: 'client', id: clientAggregate(clientId) } as const;
  const at = context.now.toISOString();
  const { kind = 'public', name = '', org_id = null } = about ?? {};
  const data = { client_id: clientId, name, kind, ...(org_id ? { org_id } : {}), at };
  const entry = (action: AuditAction) => clientEntry(author, action, clientId, context);
  const created = newEvent('huleedu.identity.client.created.v1', aggregate, data, context);
  const changed = newEvent('huleedu.identity.client.changed.v1', aggregate, data, context);
  const removed = newEvent('huleedu.identity.client.removed.v1', aggregate, { client_id: clientId, at }, context);
  return {
    created: { event: created, entry: entry('client.created') },
    changed: { event: { ...changed, event_id: created.event_id }, entry: entry('client.changed') },
    removed: { event: removed, entry: entry('client.removed') },
  };
}

/** An entry of nobody's account: who did it is in it. */
export const clientEntry = (author: ClientAuthor, action: AuditAction, clientId: ClientId, context: Cause) =>
  typeof author === 'string'
    ? auditEntry(action, null, context, { client_id: clientId, by: author })
    : auditEntryBy(author.claims.sub, action, null, context, { client_id: clientId });
