/**
 * The end of clients that nobody here has made, and nobody uses: anybody may make them, so they would be without number.
 */
import { v4 } from 'uuid';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { announceEach } from './outbox.ts';

/** As `clientAggregate` of domain/client.ts has it, in SQL: of an expression that is a client's id. */
export const aggregateOf = (clientId: string) => `(
  select encode(
    set_byte(set_byte(h, 6, (get_byte(h, 6) & 15) | 128), 8, (get_byte(h, 8) & 63) | 128),
    'hex'
  )::uuid
  from substring(sha256(convert_to('client ' || ${clientId}, 'UTF8')) for 16) as h
)`;

/**
 * Removes those whose time is over without anybody's consent, session or code; the others have as long again.
 * @param days that a client which has registered may be unused; one that is a document is read again when it is
 *   needed, and has a day
 * @returns how many were looked at; fewer than `most` when no more are left
 */
export async function sweepIdleClients(
  database: Database,
  { days, most, now }: { readonly days: number; readonly most: number; readonly now: Date },
): Promise<number> {
  const [row] = await database.query<{ seen: number }>(
    `
    with due as (
      select
        c.client_id,
        c.source,
        -- A consent is the first that a client is given, and each goes with its client.
        (select client_id from consents k where k.client_id = c.client_id limit 1) is not null
        or (select client_id from sessions s where s.client_id = c.client_id limit 1) is not null as is_used
      from clients c
      where c.idle_at < :now::timestamptz
      order by c.idle_at
      limit :most
      -- Whoever is about to use one keeps it until the next sweep.
      for update of c skip locked
    ),
    kept as (
      update clients c
      set idle_at = :now::timestamptz + make_interval(days => case due.source when 'document' then 1 else :days::integer end)
      from due
      where due.is_used and c.client_id = due.client_id
    ),
    gone as (
      delete from clients c
      using due
      where not due.is_used and c.client_id = due.client_id
      returning c.client_id
    ),
    announced as (${announceEach(
      'huleedu.identity.client.removed.v1',
      {
        aggregate: { type: 'client', id: aggregateOf('client_id') },
        data: { client_id: 'client_id', at: ':at::text' },
      },
      'gone',
    )}),
    recorded as (${recordEach(
      'client.removed',
      { user: 'null::uuid', detail: { client_id: 'client_id', reason: "'unused'" } },
      'gone',
    )})
    select count(*) as seen
    from due`,
    { days, most, now, at: now.toISOString(), correlation_id: v4(), ip_address: null },
  );
  return row?.seen ?? 0;
}
