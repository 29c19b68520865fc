/** Clients: the one place that makes and changes them, whoever asks for it. Reading is find-clients.ts, removing removed-clients.ts. */
import { type ClientSource, redirectKey } from '../domain/client.ts';
import type { ClientMetadata } from '../domain/client-metadata.ts';
import { consentHash, documentHash } from '../domain/consent-hash.ts';
import { type ClientId, newId, type OrgId, type SecretId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Cause } from '../domain/request-context.ts';
import { record } from './audit.ts';
import {
  type ClientAuthor,
  clientReports,
  otherSource,
  sureAuthorOf,
  sureAuthorsOnly,
  sureParameters,
} from './client-authors.ts';
import type { Database } from './database.ts';
import { announce, areWritten } from './outbox.ts';

export interface ClientToSave {
  readonly clientId: ClientId;
  readonly source: ClientSource;
  readonly orgId: OrgId | null;
  readonly metadata: ClientMetadata;
  /** SHA-256 of each secret that it is to have, two at most. `ifNone`: it has none yet, else those that it has stay. */
  readonly secrets: { readonly hashes: readonly Uint8Array[]; readonly ifNone?: true };
  /** Of a client that nobody here has made. */
  readonly ownDoing?: OwnDoing;
}

export interface OwnDoing {
  /** Where it has registered: SHA-256 of the token that it gets. */
  readonly registrationHash?: Uint8Array;
  /** Where it is a document: until when that counts as it was read. */
  readonly freshUntil?: Date;
  /** When to look whether anybody uses it (idle-clients.ts). */
  readonly idleAt: Date;
}

/** Columns of `clients` that metadata fill, and their types. */
const columns = {
  kind: 'text',
  name: 'text',
  logo_uri: 'text',
  client_uri: 'text',
  policy_uri: 'text',
  tos_uri: 'text',
  redirect_uris: 'text[]',
  redirect_keys: 'text[]',
  post_logout_redirect_uris: 'text[]',
  backchannel_logout_uri: 'text',
  backchannel_logout_session_required: 'boolean',
  grants: 'text[]',
  scopes: 'text[]',
  audiences: 'text[]',
  authentication: 'text',
  jwks: 'jsonb',
  jwks_uri: 'text',
  first_party: 'boolean',
  pkce: 'text',
  dpop: 'text',
  par: 'text',
  id_token_claims: 'text[]',
  refresh: 'text',
  access_token_seconds: 'integer',
  session_idle_seconds: 'integer',
  session_max_seconds: 'integer',
  consent_hash: 'text',
} as const satisfies Record<keyof ClientMetadata | 'redirect_keys' | 'consent_hash', string>;

const names = Object.keys(columns);
const given = (name: string) => (name === 'consent_hash' ? `decode(given.${name}, 'hex')` : `given.${name}`);
const all = (value: (name: string) => string) => names.map(value).join(', ');

/**
 * Makes a client, or gives it other metadata and secrets. Saved as it is already, it is left alone, and no event is
 * sent: each deployment saves the settings' clients.
 * @param mode `create` and `change` refuse where the other would be right; `either` is for the settings
 */
export async function saveClient(
  database: Database,
  author: ClientAuthor,
  { clientId, source, orgId, metadata, secrets, ownDoing }: ClientToSave,
  mode: 'create' | 'change' | 'either',
  context: Cause,
): Promise<'created' | 'changed' | 'unchanged' | 'stale' | Refusal> {
  const { created, changed } = clientReports(author, clientId, { ...metadata, org_id: orgId }, context);
  const [row] = await database.query<{ outcome: 'created' | 'changed' | 'unchanged' | 'stale' | Refusal }>(
    `
    with ${sureAuthorOf(author)}
    given as (
      select *
      from jsonb_to_record(:metadata::jsonb) as given (
        ${all((name) => `${name} ${columns[name as keyof typeof columns]}`)}
      )
    ),
    wanted as (
      select s.secret_id, decode(s.hash, 'hex') as secret_hash
      from jsonb_to_recordset(:secrets::jsonb) as s (secret_id uuid, hash text)
    ),
    was as (select * from clients where client_id = :client_id),
    had as (
      select s.*
      from client_secrets s
      where s.client_id = :client_id and (s.expires_at is null or s.expires_at > :now::timestamptz)
    ),
    come as (
      select *
      from wanted
      where
        secret_hash not in (select secret_hash from had where expires_at is null)
        and not (:if_none and exists (select from had))
    ),
    -- By this statement's snapshot; what comes of it below is by the rows as they are by then.
    found as (
      select
        exists (select from was) as is_there,
        exists (
          select from was, given where (${all((name) => `was.${name}`)}) is distinct from (${all(given)})
        ) as is_other,
        (
          not :if_none
          and exists (select from had where expires_at is not null or secret_hash not in (select secret_hash from wanted))
        )
        or exists (select from come) as has_other_secrets
    ),
    verdict as (
      select
        case
          -- By this statement's earlier try, whose answer was lost.
          when ${areWritten('created')} then (
            select case topic when :created::jsonb -> 0 ->> 'topic' then 'created' else 'changed' end
            from event_outbox
            where event_id = (:created::jsonb -> 0 ->> 'event_id')::uuid
          )
          ${sureAuthorsOnly(author)}
          when is_there and :mode = 'create' then 'client_taken'
          when not is_there and :mode = 'change' then 'not_found'
          ${otherSource}
          -- The settings' own are compared with each other before they are applied (lib/service/clients.ts).
          when :source <> 'settings' and exists (
            select
            from clients other, given
            where
              other.client_id = any (given.audiences)
              and other.client_id <> :client_id
              and 'openid' = any (other.scopes)
          ) then 'audience_of_client'
          when not is_there or is_other or has_other_secrets then 'allowed'
          else 'unchanged'
        end as verdict
      from found
    ),
    saved as (
      insert into clients (
        client_id, source, org_id, ${all((name) => name)}, created_at, updated_at, registration_hash, fresh_until, idle_at
      )
      select
        :client_id, :source, :org_id::uuid, ${all(given)},
        :now::timestamptz, :now::timestamptz, :registration_hash, :fresh_until::timestamptz, :idle_at::timestamptz
      from given, verdict
      where verdict = 'allowed'
      on conflict (client_id) do update
      set
        ${all((name) => `${name} = excluded.${name}`)},
        updated_at = excluded.updated_at,
        fresh_until = excluded.fresh_until
      -- Whoever came between has decided by other rows, and so does this statement when it is sent again.
      where clients.updated_at = (select updated_at from was)
      returning old.client_id is null as is_new
    ),
    kept_fresh as (
      update clients c
      set fresh_until = :fresh_until::timestamptz
      from verdict
      where verdict = 'unchanged' and c.client_id = :client_id and :fresh_until::timestamptz is not null
    ),
    taken_back as (
      delete from client_secrets s
      using saved
      where
        s.client_id = :client_id
        and not :if_none
        and (s.expires_at is not null or s.secret_hash not in (select secret_hash from wanted))
    ),
    given_secrets as (
      insert into client_secrets (secret_id, client_id, secret_hash, created_at)
      select come.secret_id, :client_id, come.secret_hash, :now::timestamptz
      from come, saved
      on conflict do nothing
    ),
    announced_new as (${announce('created', '(select from saved where is_new) as it_happened')}),
    announced as (${announce('changed', '(select from saved where not is_new) as it_happened')}),
    recorded_new as (${record('created_entry', '(select from saved where is_new) as it_happened')}),
    recorded as (${record('changed_entry', '(select from saved where not is_new) as it_happened')})
    select
      case verdict
        when 'allowed' then (select case when is_new then 'created' else 'changed' end from saved)
        else verdict
      end as outcome,
      decide_anew(verdict = 'allowed' and not exists (select from saved))
    from verdict`,
    {
      client_id: clientId,
      source,
      org_id: orgId,
      mode,
      metadata: {
        ...metadata,
        redirect_keys: metadata.redirect_uris.map(redirectKey),
        consent_hash: (source === 'document' ? documentHash : consentHash)(metadata).toString('hex'),
      },
      if_none: secrets.ifNone ?? false,
      secrets: secrets.hashes.map((hash) => ({
        secret_id: newId<SecretId>(),
        hash: Buffer.from(hash).toString('hex'),
      })),
      registration_hash: ownDoing?.registrationHash ?? null,
      fresh_until: ownDoing?.freshUntil ?? null,
      idle_at: ownDoing?.idleAt ?? null,
      created: [created.event],
      changed: [changed.event],
      created_entry: [created.entry],
      changed_entry: [changed.entry],
      ...sureParameters(author, context),
    },
  );
  return row?.outcome ?? 'caller_gone';
}
