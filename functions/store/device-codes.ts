/**
 * Devices that wait for a person (RFC 8628): asked for, found by what the person types, denied. Allowed they are by
 * authorizations.ts, which makes the row's hash an authorization code; that is exchanged by code-exchange.ts.
 */
import { DEVICE_GRANT, DEVICE_SECONDS, type DeviceCodes, POLL_SECONDS } from '../domain/device-code.ts';
import type { ClientId } from '../domain/ids.ts';
import type { OneUse } from '../domain/one-use.ts';
import type { ExceededLimit, Limit } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Scope } from '../domain/scopes.ts';
import type { Database } from './database.ts';
import { count, exceeded, readExceeded, recordRefusals, refusalParameters } from './rate-limits.ts';
import { isUnspent, onceParameters, type SpentVerdict, spends, spentVerdict } from './used-once.ts';

export interface AskedByDevice extends Omit<DeviceCodes, 'deviceCode'> {
  readonly clientId: ClientId;
  readonly shown: readonly OneUse[];
  readonly scope: readonly string[];
  readonly resource: readonly string[];
}

/** `exceeded`: the limit that the request is over; `spent`: what the client showed, and came before; `is_made`: no other has the code */
export interface MadeForDevice {
  readonly exceeded: ExceededLimit | null;
  readonly spent: SpentVerdict | null;
  readonly is_made: boolean;
}

export async function askForDevice(
  database: Database,
  asked: AskedByDevice,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<MadeForDevice> {
  const [row] = await database.query<Omit<MadeForDevice, 'exceeded'> & { readonly exceeded: string | null }>(
    `
    with ${spends},
    ${count('limits')}, ${recordRefusals()},
    made as (
      insert into device_codes (
        device_hash, user_code, client_id, scope, resource, user_agent, ip_address, interval_seconds, created_at, expires_at
      )
      select
        :device_hash, :user_code, c.client_id, array(select jsonb_array_elements_text(:scope::jsonb)),
        array(select jsonb_array_elements_text(:resource::jsonb)), :user_agent, :ip_address, ${POLL_SECONDS},
        :now::timestamptz, :now::timestamptz + make_interval(secs => ${DEVICE_SECONDS})
      from clients c
      where c.client_id = :client_id and ${isUnspent} and not exists (select from refused)
      on conflict do nothing
      returning device_hash
    )
    select
      ${exceeded} as exceeded,
      case when not ${isUnspent} then ${spentVerdict} end as spent,
      exists (select from made)
      -- By this statement's earlier try, whose answer was lost.
      or exists (select from device_codes where device_hash = :device_hash) as is_made,
      decide_anew(
        ${isUnspent} and not exists (select from refused) and not exists (select from made)
        and not exists (select from device_codes where device_hash = :device_hash or user_code = :user_code)
        and exists (select from clients where client_id = :client_id)
      )`,
    {
      device_hash: asked.deviceHash,
      user_code: asked.userCode,
      client_id: asked.clientId,
      scope: asked.scope,
      resource: asked.resource,
      user_agent: context.userAgent,
      limits,
      ...onceParameters(...asked.shown),
      ...refusalParameters(context),
    },
  );
  if (!row) throw new Error('a device was not answered');
  return { ...row, exceeded: readExceeded(row.exceeded) };
}

/** True of a row that waits: a code that there is not, one that is over and one that was used are the same. */
const isWaiting = (of: 'd' | 'device') =>
  `(${of}.user_id is null and ${of}.denied_at is null and ${of}.expires_at > :now::timestamptz)`;

export interface WaitingDevice {
  /** Hexadecimal. */
  readonly device_hash: string;
  readonly client_id: ClientId;
  readonly scope: readonly Scope[];
  readonly resource: readonly string[];
}

/** Counted before it is compared: no number of guesses at once is more (S81). */
export async function findDevice(
  database: Database,
  userCode: string | null,
  limits: readonly Limit[],
  context: RequestContext,
): Promise<{ readonly exceeded: ExceededLimit | null; readonly device: WaitingDevice | null }> {
  const [row] = await database.query<{ readonly exceeded: string | null } & WaitingDevice>(
    `
    with ${count('limits')}, ${recordRefusals()}
    select ${exceeded} as exceeded, encode(d.device_hash, 'hex') as device_hash, d.client_id, d.scope, d.resource
    from (values (:user_code)) as typed (user_code)
    left join device_codes d on d.user_code = typed.user_code and ${isWaiting('d')} and not exists (select from refused)`,
    { user_code: userCode, limits, ...refusalParameters(context) },
  );
  return { exceeded: readExceeded(row?.exceeded), device: row?.device_hash ? row : null };
}

/**
 * The person does not want it. What was allowed stays so: that is ended by its session.
 * @returns whether this person has allowed it before
 */
export async function denyDevice(database: Database, deviceHash: string, userId: string, now: Date): Promise<boolean> {
  const [row] = await database.query<{ readonly is_allowed: boolean }>(
    `
    update device_codes d
    set denied_at = case when ${isWaiting('d')} then :now::timestamptz else d.denied_at end
    where d.device_hash = decode(:device_hash, 'hex')
    returning coalesce(d.user_id::text = :user_id, false) as is_allowed`,
    { device_hash: deviceHash, user_id: userId, now },
  );
  return row?.is_allowed ?? false;
}

/** True of the device `d` that a request `r` for authorization is for. */
export const isOfRequest = `d.device_hash = decode(r.device, 'hex')`;

/** True where the request is no device's, or its device `d` waits for whoever is signed in (`s`), or has waited for them. */
export const isDeviceOpen = `(
  r.device is null
  or exists (
    select
    from device_codes d
    where
      ${isOfRequest}
      and d.denied_at is null
      and d.expires_at > :now::timestamptz
      and (d.user_id is null or d.user_id = s.user_id or s.user_id is null)
  )
)`;

/**
 * The CTE `allowed`: the device's row is the person's `s` from now on. Locked last; who denied it at this moment was faster.
 * @param condition under which that happens, of the CTE `decided`
 */
export const allowDevice = (condition: string) => `
  allowed as (
    update device_codes d
    set user_id = s.user_id
    from decided, r, browser s
    where
      ${isOfRequest}
      and ${condition}
      and d.denied_at is null
      and d.expires_at > :now::timestamptz
      and (d.user_id is null or d.user_id = s.user_id)
    returning d.expires_at
  )`;

/** Of a device's question: what stands against an answer. */
export type DeviceVerdict = 'pending' | 'slow_down' | 'denied' | 'over';

/**
 * The CTEs `device`, of the client that asks, and `polled`: notes when it has asked, and that it has to wait longer from now
 * on where it came too soon (RFC 8628 §3.5). A second is left to the network. Needs `:code_hash`, `:client_id`, `:grant`
 * and the condition `isUnspent`.
 */
export const polls = `
  device as (
    select d.*
    from device_codes d
    where d.device_hash = :code_hash and d.client_id = :client_id and :grant = '${DEVICE_GRANT}'
  ),
  polled as (
    update device_codes d
    set
      polled_at = :now::timestamptz,
      slowed_at = case when ${isTooSoon('d')} then :now::timestamptz else d.slowed_at end,
      interval_seconds = d.interval_seconds + case when ${isTooSoon('d')} then ${POLL_SECONDS} else 0 end
    from device
    where
      d.device_hash = device.device_hash
      and ${isWaiting('d')}
      -- Not in another try of this statement, whose answer was lost.
      and d.polled_at is distinct from :now::timestamptz
      and ${isUnspent}
    returning d.slowed_at
  )`;

function isTooSoon(of: string): string {
  return `coalesce(
    ${of}.polled_at > :now::timestamptz - make_interval(secs => ${of}.interval_seconds - 1), false
  )`;
}

/** A question that waited, for its earlier try or for the person, who has answered: what was read before is not so now. */
export const isPollOvertaken = `(
  coalesce(${isWaiting('device')}, false)
  and ${isUnspent}
  and device.polled_at is distinct from :now::timestamptz
  and not exists (select from polled)
)`;

/** A {@link DeviceVerdict}; null for what is no device's, or one that was allowed. */
export const deviceVerdict = `
  case
    when device.expires_at <= :now::timestamptz then 'over'
    when device.denied_at is not null or (device.user_id is not null and code.code_hash is null) then 'denied'
    when device.user_id is not null then null
    when coalesce((select slowed_at from polled), device.slowed_at) = :now::timestamptz then 'slow_down'
    when device.device_hash is not null then 'pending'
  end`;
