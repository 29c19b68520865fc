/** Requests that clients push before a browser comes with them (RFC 9126). Visiting one is authorizations.ts. */
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { OneUse } from '../domain/one-use.ts';
import { PUSHED_SECONDS } from '../domain/pushed-request.ts';
import {
  allOf,
  type ClientConditions,
  clientConditions,
  comparable,
  named,
  requestOf,
} from './authorization-conditions.ts';
import type { Database } from './database.ts';
import { isUnspent, onceParameters, type SpentVerdict, spends, spentVerdict } from './used-once.ts';

export interface Pushed extends ClientConditions {
  /** What of the client's came before; null: nothing. */
  readonly spent: SpentVerdict | null;
}

/** @returns what holds of the request; it is kept where all does */
export async function pushRequest(
  database: Database,
  request: AuthorizationRequest,
  { hash, shown }: { readonly hash: Buffer; readonly shown: readonly OneUse[] },
  now: Date,
): Promise<Pushed> {
  const [row] = await database.query<Pushed>(
    `
    with ${spends},
    r as (select r.* from ${requestOf(':request::jsonb')}),
    c as (
      select c.*
      from clients c
      join r on c.client_id = r."clientId"
      for key share of c
    ),
    decided as (
      select
      ${named({ ...clientConditions, spent: `case when not ${isUnspent} then ${spentVerdict} end` })}
      from r
      left join c on true
    ),
    pushed as (
      insert into pushed_requests (request_hash, client_id, parameters, created_at, expires_at)
      select
        :hash, c.client_id, :request::jsonb, :now::timestamptz,
        :now::timestamptz + make_interval(secs => :seconds)
      from decided, c
      where ${allOf(clientConditions)} and spent is null
      on conflict (request_hash) do nothing
    )
    select * from decided`,
    {
      request: comparable(request),
      hash,
      seconds: PUSHED_SECONDS,
      ...onceParameters(...shown),
      now,
    },
  );
  if (!row) throw new Error('a pushed request was not decided');
  return row;
}
