/** Secrets of a client, two at most while one takes the place of the other: each statement leaves one at least. */
import { clientAggregate } from '../domain/client.ts';
import { type EventId, newId, type SecretId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { Cause } from '../domain/request-context.ts';
import { record } from './audit.ts';
import {
  type ClientAuthor,
  clientEntry,
  otherSource,
  sureAuthorOf,
  sureAuthorsOnly,
  sureParameters,
} from './client-authors.ts';
import type { ClientToSave } from './clients.ts';
import type { Database } from './database.ts';
import { announceEach, isWritten } from './outbox.ts';

export type SecretsChange =
  /** The newest stays beside it, and one that is older goes. Its SHA-256. */
  | { readonly add: Uint8Array; readonly secretId: SecretId }
  /** All but the newest. */
  | { readonly drop: SecretId | 'older' }
  /** As Secrets Manager has them. */
  | { readonly exactly: readonly Uint8Array[] };

const isOlder = 's.secret_id not in (select secret_id from had order by created_at desc, secret_id desc limit 1)';

/** Which of its secrets go, a condition of a row `s`, and which come. */
function movesOf(change: SecretsChange) {
  if ('add' in change) return { goes: isOlder, come: [{ secret_id: change.secretId, hash: hex(change.add) }] };
  if ('drop' in change) return { goes: change.drop === 'older' ? isOlder : 's.secret_id = :dropped::uuid', come: [] };
  const come = change.exactly.map((hash) => ({ secret_id: newId<SecretId>(), hash: hex(hash) }));
  return { goes: 's.secret_hash not in (select secret_hash from wanted)', come };
}
const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

/** @returns `not_found` also for a secret that it does not have */
export async function changeSecrets(
  database: Database,
  author: ClientAuthor,
  { clientId, source }: Pick<ClientToSave, 'clientId' | 'source'>,
  change: SecretsChange,
  context: Cause,
): Promise<'changed' | 'stale' | Refusal> {
  const { goes, come } = movesOf(change);
  const [row] = await database.query<{ verdict: 'changed' | 'stale' | Refusal }>(
    `
    with ${sureAuthorOf(author)}
    was as (select * from clients where client_id = :client_id),
    had as (
      select s.*
      from client_secrets s
      where s.client_id = :client_id and (s.expires_at is null or s.expires_at > :now::timestamptz)
    ),
    wanted as (
      select s.secret_id, decode(s.hash, 'hex') as secret_hash
      from jsonb_to_recordset(:come::jsonb) as s (secret_id uuid, hash text)
    ),
    verdict as (
      select
        case
          ${sureAuthorsOnly(author)}
          -- By this statement's earlier try, whose answer was lost.
          when ${isWritten(':event_id')} then 'changed'
          when not exists (select from was) then 'not_found'
          ${otherSource}
          when exists (select from was where authentication <> 'client_secret') then 'shows_no_secret'
          when :dropped::uuid is not null and not exists (select from had where secret_id = :dropped::uuid) then 'not_found'
          when not exists (select from wanted) and (select count(*) from had) < 2 then 'last_secret'
          else 'allowed'
        end as verdict
    ),
    touched as (
      update clients c
      set updated_at = :now::timestamptz
      from verdict
      where
        verdict = 'allowed'
        and c.client_id = :client_id
        -- Whoever came between has decided by other rows, and so does this statement when it is sent again.
        and c.updated_at = (select updated_at from was)
      returning c.client_id, c.name, c.kind, c.org_id
    ),
    gone as (
      delete from client_secrets s
      using touched
      where s.client_id = touched.client_id and ${goes}
    ),
    given as (
      insert into client_secrets (secret_id, client_id, secret_hash, created_at)
      select w.secret_id, touched.client_id, w.secret_hash, :now::timestamptz
      from wanted w, touched
      where w.secret_hash not in (select secret_hash from had)
      on conflict do nothing
    ),
    announced as (${announceEach(
      'huleedu.identity.client.changed.v1',
      {
        eventId: ':event_id::uuid',
        aggregate: { type: 'client', id: ':aggregate::uuid' },
        data: { client_id: 'client_id', name: 'name', kind: 'kind', org_id: 'org_id', at: ':at::text' },
        withoutNulls: true,
      },
      'touched',
    )}),
    recorded as (${record('entry', 'touched')})
    select
      case verdict when 'allowed' then 'changed' else verdict end as verdict,
      decide_anew(verdict = 'allowed' and not exists (select from touched))
    from verdict`,
    {
      client_id: clientId,
      source,
      come,
      dropped: 'drop' in change && change.drop !== 'older' ? change.drop : null,
      event_id: newId<EventId>(),
      aggregate: clientAggregate(clientId),
      at: context.now.toISOString(),
      correlation_id: context.correlationId,
      entry: [clientEntry(author, 'client.changed', clientId, context)],
      ...sureParameters(author, context),
    },
  );
  return row?.verdict ?? 'caller_gone';
}
