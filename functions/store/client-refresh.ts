/** The refresh chain at the token endpoint: a client's token works there, for that client, and nowhere else (S76). */

import type { ClientId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import {
  type Granted,
  type GrantedRow,
  grantedFrom,
  isResourceWithin,
  isScopeWithin,
  type Narrowed,
  narrowedParameters,
  resourceOf,
} from './granted.ts';
import { tokenColumns } from './levels.ts';
import { personColumns } from './persons.ts';
import {
  chainParameters,
  chainStatement,
  isGood,
  type Presented,
  type RefreshSettings,
  type Refused,
  type Successor,
  type TooOften,
} from './refresh.ts';
import { isUnspent, onceParameters, type SpentVerdict, spends, spentVerdict } from './used-once.ts';

export interface ClientPresented extends Narrowed, Pick<Presented, 'token' | 'seed'> {
  readonly clientId: ClientId;
  readonly shown: readonly OneUse[];
  /** The thumbprint of the key that is proved; null: none. */
  readonly jkt: string | null;
  /** What its session is bound to, unless it is bound already. */
  readonly sessionJkt: string | null;
}

/** `wider`, `elsewhere`, and of {@link SpentVerdict}: as for a code (code-exchange.ts). */
export type ClientRefreshed =
  | (Successor & Granted)
  | TooOften
  | { readonly verdict: Refused | SpentVerdict | 'wider' | 'elsewhere' | 'too_weak' };

const atTokenEndpoint = chainStatement({
  before: `${spends},`,
  takes: "s.kind = 'client' and s.client_id = :client_id",
  // RFC 9449 §5: of a public client that begins to prove a key, it is bound from then on.
  sets: 'dpop_jkt = coalesce(s.dpop_jkt, :session_jkt),',
  allows: `(
    ${isScopeWithin('s')}
    and ${isResourceWithin('s')}
    and ${isUnspent}
    and coalesce(s.dpop_jkt = :jkt, s.dpop_jkt is null)
    -- Removed, or without the grant by now; or public, so that nothing guards a token that stays.
    and exists (
      select
      from clients c
      where
        c.client_id = s.client_id
        and 'refresh_token' = any (c.grants)
        and (c.authentication <> 'none' or s.refresh = 'rotates' or s.dpop_jkt is not null)
    )
  )`,
  refusals: `
    when ${isGood} and not ${isUnspent} then ${spentVerdict}
    when ${isGood} and not ${isScopeWithin('s')} then 'wider'
    when ${isGood} and not ${isResourceWithin('s')} then 'elsewhere'`,
  columns: `s.scope, ${resourceOf('s')} as resource, s.claims, s.sid, ${tokenColumns('s')}, ${personColumns},
    s.reauthenticated_at > s.created_at as authenticated_again`,
});

export async function presentClientToken(
  database: Database,
  presented: ClientPresented,
  settings: RefreshSettings,
  context: RequestContext,
): Promise<ClientRefreshed> {
  const [row] = await database.query<(Successor & GrantedRow) | Exclude<ClientRefreshed, Granted>>(atTokenEndpoint, {
    client_id: presented.clientId,
    jkt: presented.jkt,
    session_jkt: presented.sessionJkt,
    ...narrowedParameters(presented),
    ...onceParameters(...presented.shown),
    ...chainParameters({ ...presented, orgId: undefined }, settings, context),
  });
  if (!row) return { verdict: 'invalid' };
  return 'claims' in row && isRenewed(row) ? grantedFrom(row) : (row as Exclude<ClientRefreshed, Granted>);
}

const isRenewed = (row: { readonly verdict: string }): row is Successor & GrantedRow =>
  ['rotated', 'replayed', 'kept'].includes(row.verdict);
