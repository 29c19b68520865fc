/** A code for a client's session: each code once (RFC 6749 §4.1.3, S75). */

import type { GrantType, RefreshRule } from '../domain/client.ts';
import { DEVICE_GRANT } from '../domain/device-code.ts';
import { type ClientId, type EntryId, newId, type SessionId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { SessionLifetime } from '../domain/session-lifetime.ts';
import { recordEach } from './audit.ts';
import type { Database } from './database.ts';
import { type DemandSettings, demandParameters, isBelow } from './demanded-levels.ts';
import { type DeviceVerdict, deviceVerdict, isPollOvertaken, polls } from './device-codes.ts';
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
import { revoke, revokeParameters } from './revocation.ts';
import { newStatusIndex, type StatusListSetting, statusParameters } from './session-statuses.ts';
import { authenticatedAt, isLive } from './sessions.ts';
import { isUnspent, onceParameters, type SpentVerdict, spends, spentVerdict } from './used-once.ts';

export interface PresentedCode extends Narrowed {
  readonly grant: Extract<GrantType, 'authorization_code' | typeof DEVICE_GRANT>;
  /** SHA-256. */
  readonly codeHash: Uint8Array;
  readonly clientId: ClientId;
  readonly shown: readonly OneUse[];
  /** The thumbprint of the key that is proved; null: none. */
  readonly jkt: string | null;
  readonly redirectUri: string | undefined;
  /** What the verifier is the preimage of; null where none was sent. */
  readonly challenge: string | null;
  /** To be opened. */
  readonly session: {
    readonly sessionId: SessionId;
    readonly hash: Uint8Array;
    readonly refresh: RefreshRule;
    readonly dpopJkt: string | null;
    /** The client's own rule, seconds; null: the stage's. */
    readonly idleSeconds: number | null;
    readonly lifetime: SessionLifetime;
    /** Whether it may outlive the browser's session, if that is among the scopes. */
    readonly mayOutlive: boolean;
  };
}

/**
 * - `granted`: the session is open, by this try or an earlier one of this statement, whose answer was lost
 * - `reused`: right in everything, and used before: what the first use gave is over. A device's code may be asked for by
 *   several questions at once, of which one has the answer; the others are `invalid`
 * - {@link DeviceVerdict}: of a device that was not let in
 * - `assertion_used`, `proof_used`: the client's assertion, or DPoP proof, came before; nothing changed
 * - `wider`, `elsewhere`: more scopes, another resource than the code has; nothing changed
 * - `invalid`: anything else; nothing changed
 */
export type Exchanged =
  | ({ readonly verdict: 'granted'; readonly nonce: string | null } & Granted)
  | { readonly verdict: DeviceVerdict | 'reused' | SpentVerdict | 'wider' | 'elsewhere' | 'invalid' };

/** The code's own conditions: who brings it, and what it is bound to. Nobody else's try changes anything. */
const isBound = `
  a.code_hash = :code_hash
  and a.client_id = :client_id
  and a.redirect_uri is not distinct from :redirect_uri
  and a.code_challenge is not distinct from :challenge
  and coalesce(a.dpop_jkt = :jkt, a.dpop_jkt is null)`;

/** As domain/browser-session.ts makes it. */
const sidOf = `
  rtrim(
    translate(encode(sha256(b.current_hash || convert_to(:client_id, 'UTF8')), 'base64'), '+/', '-_'),
    '='
  )`;

/**
 * One UPDATE of the code's row decides: who waits for its lock finds it used, since PostgreSQL then evaluates the CASEs
 * again (EvalPlanQual). Person, browser's session and consent are locked before, in this order: what ends at this moment
 * is waited for. The latter two are written as they were, since a lock leaves no trace: who ends them meanwhile finds a
 * newer row, and begins anew, when the session that is opened here can be seen.
 */
export async function exchangeCode(
  database: Database,
  { session, ...presented }: PresentedCode,
  settings: DemandSettings & StatusListSetting,
  context: RequestContext,
): Promise<Exchanged> {
  const [row] = await database.query<{ readonly verdict: Exclude<Exchanged['verdict'], 'granted'> } | ExchangedRow>(
    `
    with ${spends},
    ${polls},
    code as (
      select
        a.*, c.first_party, d.device_hash is not null as is_device, d.user_agent as device_agent, d.ip_address as device_ip,
        ${isScopeWithin('a')} as is_scope, ${isResourceWithin('a')} as is_resource
      from authorization_codes a
      join clients c using (client_id)
      left join device_codes d on d.device_hash = a.code_hash
      where ${isBound} and :grant = any (c.grants) and (:grant = '${DEVICE_GRANT}') = (d.device_hash is not null)
    ),
    asked as (select * from code where is_scope and is_resource and ${isUnspent}),
    person as (
      select u.user_id, u.password_epoch, u.platform_roles
      from asked a
      join users u using (user_id)
      where a.password_epoch = u.password_epoch
      for key share of u
    ),
    browser as (
      update sessions s
      set last_seen_at = s.last_seen_at
      from asked a, person u
      where
        s.session_id = a.browser_session_id
        and s.kind = 'browser'
        and ${isLive}
        -- Where the browser is by now; the code's level is what the session begins with.
        and not ${isBelow('a', 'u', 's.org_id')}
        and a.expires_at > :now::timestamptz
      returning s.*
    ),
    consented as (
      update consents k
      set given_at = k.given_at
      from asked a, browser b
      where k.user_id = b.user_id and k.client_id = a.client_id and k.scopes @> a.scope
      returning true as holds
    ),
    used as (
      update authorization_codes a
      set used_at = coalesce(a.used_at, :now::timestamptz), session_id = coalesce(a.session_id, :session_id::uuid)
      from asked left join browser b on true left join consented on true
      where
        a.code_hash = asked.code_hash
        and (a.used_at is not null or (b.session_id is not null and (asked.first_party or consented.holds)))
      returning
        a.user_id,
        new.session_id,
        old.used_at is null as is_first,
        new.session_id <> :session_id::uuid and not asked.is_device as is_second,
        -- After this statement began: what the other opened is not to be seen yet.
        asked.used_at is distinct from old.used_at as is_overtaken
    ),
    opened as (
      insert into sessions (
        session_id, kind, user_id, org_id, password_epoch, device_name, known_device, user_agent, ip_address,
        current_hash, rotated_at, created_at, last_seen_at, reauthenticated_at, idle_seconds, idle_expires_at,
        expires_at, client_id, browser_session_id, offline, scope, resource, claims, refresh, dpop_jkt, sid,
        amr, level_at, level_until, acr, status_index
      )
      select
        used.session_id, 'client', b.user_id,
        (select m.org_id from memberships m where m.user_id = b.user_id and m.org_id = b.org_id),
        b.password_epoch, case when not is_device then b.device_name end, b.known_device and not is_device,
        case when is_device then device_agent else b.user_agent end,
        case when is_device then device_ip else b.ip_address end,
        :token_hash, :now::timestamptz, :now::timestamptz, :now::timestamptz, asked.auth_time,
        :own_idle_seconds::integer, :now::timestamptz + make_interval(secs => :idle_seconds),
        least(
          :now::timestamptz + make_interval(secs => :max_seconds),
          case when not outlives then b.expires_at end
        ),
        asked.client_id, b.session_id, outlives, asked.scope, asked.resource, asked.claims, :refresh, :session_jkt,
        ${sidOf},
        asked.amr, asked.level_at, asked.level_until, asked.acr, ${newStatusIndex}
      from used, asked, browser b, lateral (select :may_outlive and 'offline_access' = any (asked.scope)) as o (outlives)
      where used.is_first
      on conflict (session_id) do nothing
      returning *
    ),
    recorded as (${recordEach(
      'session.granted',
      { id: ':entry_id::uuid', detail: { session_id: 'session_id', client_id: 'client_id', scopes: 'scope' } },
      'opened',
    )}),
    ${revoke('s.session_id = used.session_id and used.is_second', 'from used')},
    ours as (
      select * from opened
      union all
      select * from sessions where session_id = :session_id::uuid
    )
    select
      case
        when used.is_second or s.revoked_at is not null then 'reused'
        when s.session_id is not null then 'granted'
        when not ${isUnspent} then ${spentVerdict}
        when ${deviceVerdict} is not null then ${deviceVerdict}
        when not code.is_scope then 'wider'
        when not code.is_resource then 'elsewhere'
        else 'invalid'
      end as verdict,
      s.scope, ${resourceOf('s')} as resource, s.claims, s.sid, ${tokenColumns('s')}, code.nonce,
      (extract(epoch from ${authenticatedAt}) * 1000)::bigint as authenticated_at,
      ${personColumns},
      decide_anew(coalesce(used.is_overtaken, false) or ${isPollOvertaken})
    from (values (true)) as given
    left join device on true
    left join code on true
    left join used on true
    left join ours s on true
    left join users u on u.user_id = s.user_id
    left join memberships m on m.user_id = s.user_id and m.org_id = s.org_id`,
    {
      grant: presented.grant,
      code_hash: presented.codeHash,
      client_id: presented.clientId,
      redirect_uri: presented.redirectUri,
      challenge: presented.challenge,
      jkt: presented.jkt,
      ...narrowedParameters(presented),
      ...onceParameters(...presented.shown),
      ...statusParameters(settings),
      session_id: session.sessionId,
      token_hash: session.hash,
      refresh: session.refresh,
      session_jkt: session.dpopJkt,
      own_idle_seconds: session.idleSeconds,
      idle_seconds: session.lifetime.idleSeconds,
      max_seconds: session.lifetime.maxSeconds,
      may_outlive: session.mayOutlive,
      entry_id: newId<EntryId>(),
      ...demandParameters(settings),
      ...revokeParameters('reuse_detected', context),
    },
  );
  if (!row) return { verdict: 'invalid' };
  return row.verdict === 'granted' ? grantedFrom(row) : { verdict: row.verdict };
}

type ExchangedRow = { readonly verdict: 'granted'; readonly nonce: string | null } & GrantedRow;
