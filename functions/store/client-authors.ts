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
/** A client that has registered, by the token that it was given then (RFC 7592): by its SHA-256. */
export interface ClientItself {
  readonly tokenHash: Buffer;
}
/**
 * Who changes clients: an administrator by an access token; the client itself; or one without an account: an operator, whom
 * AWS lets at the database, whoever registers, a document that was read.
 */
export type ClientAuthor = ClientAdministrator | ClientItself | 'operator' | 'settings' | 'registration' | 'document';

export const isAdministrator = (author: ClientAuthor): author is ClientAdministrator =>
  typeof author === 'object' && 'claims' in author;

/** Of another client, or of one that is gone: it is no different from a wrong token. */
const itselfOnly = `
  when not exists (
    select from clients where client_id = :client_id and registration_hash = :own_hash
  ) then 'caller_gone'`;
const firstOf = (author: ClientAuthor, ofAdministrators: string) =>
  isAdministrator(author) ? ofAdministrators : typeof author === 'string' ? '' : itselfOnly;

/** The first cases of a verdict: an administrator is looked up, others are who AWS says. */
export const authorsOnly = (author: ClientAuthor) => firstOf(author, administratorsOnly);
export const authorOf = (author: ClientAuthor) => (isAdministrator(author) ? `${caller},` : '');
export const authorParameters = (author: ClientAuthor, { now }: Pick<Cause, 'now'>) => {
  if (isAdministrator(author)) return callerParameters(author.claims, { now });
  return typeof author === 'string' ? { now } : { now, own_hash: author.tokenHash };
};

/** The same for what changes a client: a stolen session of an administrator makes and takes no secret (S85). */
export const sureAuthorsOnly = (author: ClientAuthor) => firstOf(author, `${administratorsOnly} ${staleFirst}`);
export const sureAuthorOf = (author: ClientAuthor) =>
  isAdministrator(author) ? `${caller}, ${staleUnless('true')},` : '';
export const sureParameters = (author: ClientAuthor, context: Pick<Cause, 'now'>) => ({
  ...authorParameters(author, context),
  ...(isAdministrator(author) ? recencyParameters(author.settings) : {}),
});

/**
 * What the settings name is changed and removed there alone, and what they do not name, they leave alone. A case of a
 * verdict, of the CTE `was`.
 */
export const otherSource = `
  when exists (select from was where (source = 'settings') <> (:source = 'settings')) then 'other_source'`;

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
  isAdministrator(author)
    ? auditEntryBy(author.claims.sub, action, null, context, { client_id: clientId })
    : auditEntry(action, null, context, {
        client_id: clientId,
        by: typeof author === 'string' ? author : 'registration',
      });
