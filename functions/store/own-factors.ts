/** The factors of an account, as its owner sees them. */
import type { OwnFactor as Kind } from '../domain/authentication-level.ts';
import type { FactorId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { type Caller, caller, callerParameters, seen } from './sessions.ts';

export interface OwnFactor {
  readonly factor_id: FactorId;
  readonly kind: Kind;
  readonly name: string | null;
  /** Milliseconds since the epoch, as `last_used_at`. */
  readonly created_at: number;
  readonly last_used_at: number | null;
  /** Of a passkey: it is on several devices of its owner. */
  readonly synced: boolean | null;
  /** Of recovery codes. */
  readonly codes_left: number | null;
  /** Too many wrong codes came: the link that was mailed then opens it. */
  readonly closed: boolean;
}

/** @returns the newest first; null when the caller's own session is over */
export async function listFactors(
  database: Database,
  by: Caller,
  context: RequestContext,
): Promise<OwnFactor[] | null> {
  const rows = await database.query<OwnFactor | { readonly factor_id: null }>(
    `
    with ${caller}, ${seen}
    select listed.*
    from caller
    left join lateral (
      select
        f.factor_id,
        f.kind,
        f.name,
        (extract(epoch from f.created_at) * 1000)::bigint as created_at,
        (extract(epoch from f.last_used_at) * 1000)::bigint as last_used_at,
        f.is_backed_up as synced,
        cardinality(f.code_hashes) as codes_left,
        f.closed_at is not null as closed
      from factors f
      where f.user_id = caller.user_id and f.confirmed_at is not null
      order by f.created_at desc, f.factor_id
    ) listed on true`,
    callerParameters(by, context),
  );
  return rows.length > 0 ? rows.filter((row) => row.factor_id !== null) : null;
}
