/**
 * From a request for authorization to a code: one statement reads the client, the browser's session and the consent, and
 * inserts the code where all that is named holds. What is missing, it says by name.
 */
import type { Acr } from '../domain/authentication-level.ts';
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { ClientId } from '../domain/ids.ts';
import type { Settings } from '../domain/settings.ts';
import {
  allOf,
  type ClientConditions,
  clientConditions,
  comparable,
  freshClientOfRequest,
  grantedScope,
  named,
  requestFrom,
  requestOf,
} from './authorization-conditions.ts';
import { browserParameters } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { type DemandSettings, demandParameters, reachable } from './demanded-levels.ts';
import { allowDevice, isDeviceOpen } from './device-codes.ts';
import { mailParameters, passkeyParameters } from './factors.ts';
import { keptLevel } from './levels.ts';
import { lockedBrowser } from './locked-browser.ts';
import { answeredAcr, type PersonConditions, personConditions, sinceArrival, stepUpAcr } from './person-conditions.ts';

const conditions = {
  ...clientConditions,
  ...personConditions,
  // A device's is no browser's request: its client has asked for it by itself already.
  comes_pushed: `coalesce(c.par <> 'required' or :pushed::bytea is not null or r.device is not null, false)`,
  is_open: isDeviceOpen,
};

export interface Decided extends ClientConditions, PersonConditions {
  readonly is_issued: boolean;
  /** Where its client has to push it (RFC 9126 §6). */
  readonly comes_pushed: boolean;
  /** Of a device: it still waits, or was allowed by whoever is signed in. */
  readonly is_open: boolean;
  /** The level that a second factor has to give. */
  readonly step_up_acr: Acr | null;
  /** As it is asked; of a pushed one, as it was pushed. */
  readonly request: AuthorizationRequest;
  readonly client_name: string | null;
  readonly client_logo_uri: string | null;
}

export interface Asking {
  readonly clientId: ClientId;
  /** Null: as it was pushed. */
  readonly request: AuthorizationRequest | null;
  /** SHA-256 of the URI of a pushed request. */
  readonly pushed: Buffer | null;
  /** SHA-256 of the code to be. Null: none is to be issued, whatever holds. */
  readonly codeHash: Buffer | null;
  readonly browser: BrowserCookie | null;
}

/** Whether clients may be documents, too. */
export type AuthorizeSettings = DemandSettings & Pick<Settings, 'registration'>;

/** RFC 6749 §4.1.2 recommends ten minutes at most; a browser's redirect takes seconds. */
const CODE_SECONDS = 60;
/** A pushed request that has arrived lives as long as any other may travel through the pages. */
export const REQUEST_SECONDS = 30 * 60;

/**
 * Rows are locked before anything is decided, always client, person, session: what is removed, or signed out, at this
 * moment is waited for, and is gone then.
 * @returns null for a pushed request that there is not, or no longer
 */
export async function authorize(
  database: Database,
  asking: Asking,
  settings: AuthorizeSettings,
  now: Date,
): Promise<Decided | null> {
  const { request, clientId, codeHash, pushed, browser } = asking;
  const [row] = await database.query<Omit<Decided, 'request'> & { readonly request: string }>(
    `
    with pushed as (
      select request_hash, parameters, coalesce(arrived_at, :now::timestamptz) as arrived_at
      from pushed_requests
      where
        request_hash = :pushed
        and client_id = :client_id
        and expires_at > :now::timestamptz
        -- Used up by the code that it became, or by this statement's earlier try, whose answer was lost.
        and (code_hash is null or code_hash = :code_hash)
      for update
    ),
    asked as (
      select coalesce(
        :request::jsonb,
        -- Anybody may have come with it first, and waited: it arrives with each browser anew, as any other does.
        p.parameters || jsonb_build_object('arrivedAt', (extract(epoch from :now::timestamptz) * 1000)::bigint)
      ) as request
      from (values (:pushed::bytea)) as given (request_hash)
      left join pushed p using (request_hash)
      where given.request_hash is null or p.request_hash is not null
    ),
    r as (
      select r.* from asked, ${requestOf('asked.request')}
    ),
    ${freshClientOfRequest},
    ${lockedBrowser},
    ${grantedScope},
    consent as (
      select
      from consents k
      join c using (client_id)
      join browser s using (user_id)
      cross join r
      cross join granted
      where
        k.consent_hash = c.consent_hash
        and k.scopes @> granted.scope
        and k.resources @> r.resource
        and (
          ${sinceArrival('k.given_at')}
          or ('consent' = any (r.prompt) is not true and (c.source = 'settings' or ${isAssured}))
        )
      for key share of k
    ),
    within as (select ${reachable('browser')} as within_reach from browser),
    decided as (
      select
      ${named(conditions)}
      from r
      left join c on true
      left join browser s on true
      left join within w on true
    ),
    ${allowDevice(allOf(conditions))},
    issued as (
      insert into authorization_codes (
        code_hash, client_id, user_id, password_epoch, browser_session_id, redirect_uri, code_challenge, dpop_jkt, nonce,
        scope, resource, claims, auth_time, amr, level_at, level_until, acr, created_at, expires_at
      )
      select
        :code_hash, c.client_id, s.user_id, s.password_epoch, s.session_id, case when r.device is null then r."redirectUri" end, r."codeChallenge",
        r."dpopJkt", r.nonce, granted.scope, case when r.resource <> '{}' then r.resource end, r.claims,
        -- The request is a visit (locked-browser.ts).
        s.authenticated_at, s.amr, s.level_at, ${keptLevel('s')}, ${answeredAcr},
        :now::timestamptz, coalesce(allowed.expires_at, :now::timestamptz + make_interval(secs => :code_seconds))
      from decided, r, c, granted, browser s left join allowed on true
      where
        :code_hash::bytea is not null
        and ${allOf(conditions)}
        and (r.device is null or allowed.expires_at is not null)
      on conflict (code_hash) do nothing
      returning code_hash
    ),
    arrived as (
      update pushed_requests p
      set
        arrived_at = pushed.arrived_at,
        expires_at = greatest(p.expires_at, pushed.arrived_at + make_interval(secs => :request_seconds)),
        code_hash = coalesce(p.code_hash, (select code_hash from issued))
      from pushed
      where p.request_hash = pushed.request_hash
    )
    select
      decided.*,
      exists (select from issued)
      -- By this statement's earlier try, whose answer was lost.
      or exists (select from authorization_codes where code_hash = :code_hash) as is_issued,
      (select ${stepUpAcr} from r, within w) as step_up_acr,
      asked.request::text as request,
      (select name from c) as client_name,
      (select logo_uri from c) as client_logo_uri,
      -- That try was committed while this one waited for it.
      decide_anew(
        :code_hash::bytea is not null
        and ${allOf(conditions)}
        and not exists (select from issued)
        and not exists (select from authorization_codes where code_hash = :code_hash)
      )
    from decided, asked`,
    {
      request: request && comparable(request),
      client_id: clientId,
      pushed,
      code_hash: codeHash,
      code_seconds: CODE_SECONDS,
      request_seconds: REQUEST_SECONDS,
      ...browserParameters(browser),
      ...demandParameters(settings),
      ...mailParameters(settings),
      ...passkeyParameters(settings),
      documents: settings.registration.documents,
      now,
    },
  );
  return row ? { ...row, request: requestFrom(row.request) } : null;
}

/**
 * Whoever answers at a claimed `https` address is the client. Any application on a device can take another's loopback
 * port or private scheme, so what was consented to there is asked again (RFC 8252 §8.6).
 */
const isAssured = `not exists (select from unnest(c.redirect_uris) as uri where uri !~* '^https:')`;
