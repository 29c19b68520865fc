/**
 * What people let clients do: asked about, and given. Whether it is enough, authorizations.ts says; listing and taking back
 * is given-consents.ts.
 */

import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import { type ConsentId, type EntryId, type EventId, newId, type UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import { clientOfRequest, comparable, grantedScope, requestOf } from './authorization-conditions.ts';
import { browserParameters, opensBrowser } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { isOfRequest } from './device-codes.ts';
import { lockedBrowser } from './locked-browser.ts';
import { announceEach, isWritten } from './outbox.ts';
import { isLive } from './sessions.ts';

/** What a person is asked, and by whom. */
export interface ConsentQuestion {
  readonly user_id: UserId;
  readonly email: string;
  readonly locale: string | null;
  readonly client_name: string;
  readonly logo_uri: string | null;
  readonly policy_uri: string | null;
  readonly tos_uri: string | null;
  readonly scopes: readonly string[];
  /** Hexadecimal; of what of the client they are shown. */
  readonly consent_hash: string;
  /** Of a device that waits: what it shows, when it asked, in milliseconds since the epoch, and from where. */
  readonly user_code: string | null;
  readonly asked_at: number | null;
  readonly asked_ip: string | null;
  readonly asked_user_agent: string | null;
}

/** @returns null where nobody is signed in, or there is no such client or device any more: the request finds that out itself */
export async function findConsentQuestion(
  database: Database,
  browser: BrowserCookie,
  request: AuthorizationRequest,
  now: Date,
): Promise<ConsentQuestion | null> {
  const [row] = await database.query<ConsentQuestion>(
    `
    with r as (select r.* from ${requestOf(':request::jsonb')})
    select
      u.user_id,
      u.email,
      u.locale,
      c.name as client_name,
      c.logo_uri,
      c.policy_uri,
      c.tos_uri,
      array(select name from unnest(r.scope) as name where name = any (c.scopes)) as scopes,
      encode(c.consent_hash, 'hex') as consent_hash,
      d.user_code,
      (extract(epoch from d.created_at) * 1000)::bigint as asked_at,
      d.ip_address as asked_ip,
      d.user_agent as asked_user_agent
    from r
    join clients c on c.client_id = r."clientId"
    join sessions s on ${opensBrowser}
    join users u using (user_id)
    left join device_codes d on ${isOfRequest}
    where ${isLive} and (r.device is null or d.device_hash is not null)`,
    { request: comparable(request), ...browserParameters(browser), now },
  );
  return row ?? null;
}

export interface ConsentAnswer {
  readonly browser: BrowserCookie;
  readonly request: AuthorizationRequest;
  /** Whom and what the page has shown. */
  readonly userId: string;
  readonly consentHash: string;
}

/**
 * Remembers what the person has agreed to, beside what they have before: the client that they were shown then is still the
 * same. Of another it counts no more.
 * @returns false where the browser is somebody else's by now, or the client another
 */
export async function grantConsent(
  database: Database,
  { browser, request, userId, consentHash }: ConsentAnswer,
  context: RequestContext,
): Promise<boolean> {
  const eventId = newId<EventId>();
  const [row] = await database.query<{ granted: boolean }>(
    `
    with r as (select r.* from ${requestOf(':request::jsonb')}),
    ${clientOfRequest},
    ${lockedBrowser},
    ${grantedScope},
    given as (
      insert into consents as k (consent_id, user_id, client_id, scopes, resources, consent_hash, given_at)
      select
        :consent_id::uuid, s.user_id, c.client_id, granted.scope, r.resource, c.consent_hash, :now::timestamptz
      from r, c, granted, browser s
      where
        s.user_id::text = :user_id
        and encode(c.consent_hash, 'hex') = :consent_hash
        and not ${isWritten(':event_id')}
      on conflict (user_id, client_id) do update
      set
        scopes = case
          when k.consent_hash = excluded.consent_hash then ${union('scopes')}
          else excluded.scopes
        end,
        resources = case
          when k.consent_hash = excluded.consent_hash then ${union('resources')}
          else excluded.resources
        end,
        consent_hash = excluded.consent_hash,
        given_at = excluded.given_at
      returning k.user_id, k.client_id, k.scopes, k.resources
    ),
    announced as (${announceEach(
      'huleedu.identity.consent.granted.v1',
      {
        aggregate: { type: 'user', id: 'user_id' },
        eventId: ':event_id::uuid',
        data: {
          user_id: 'user_id',
          client_id: 'client_id',
          scopes: 'scopes',
          resources: 'resources',
          granted_at: ':now',
        },
      },
      'given',
    )}),
    recorded as (${recordEach(
      'consent.granted',
      { id: ':entry_id::uuid', detail: { client_id: 'client_id', scopes: 'scopes' } },
      'given',
    )})
    -- Or by this statement's earlier try, whose answer was lost.
    select exists (select from given) or ${isWritten(':event_id')} as granted`,
    {
      request: comparable(request),
      consent_id: newId<ConsentId>(),
      user_id: userId,
      consent_hash: consentHash,
      event_id: eventId,
      entry_id: newId<EntryId>(),
      correlation_id: context.correlationId,
      ip_address: context.ipAddress,
      ...browserParameters(browser),
      now: context.now,
    },
  );
  return row?.granted ?? false;
}

const union = (column: string) =>
  `array(select distinct one from unnest(k.${column} || excluded.${column}) as one order by one)`;
