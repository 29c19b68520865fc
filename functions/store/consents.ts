/** What people let clients do: asked about, given, listed and taken back. Whether it is enough, authorizations.ts says. */

import type { AccessClaims } from '../domain/access-token.ts';
import type { AuthorizationRequest } from '../domain/authorization-request.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import type { Page } from '../domain/cursor.ts';
import { type ClientId, type ConsentId, type EntryId, type EventId, newId, type UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordEach } from './audit.ts';
import { clientOfRequest, comparable, grantedScope, requestOf } from './authorization-conditions.ts';
import { browserParameters, opensBrowser } from './browser-sessions.ts';
import type { Database } from './database.ts';
import { lockedBrowser } from './locked-browser.ts';
import { announceEach, isWritten } from './outbox.ts';
import { revoke, revokeParameters } from './revocation.ts';
import { caller, callerParameters, callerWhoEnds, isLive, seen } from './sessions.ts';

/** What a person is asked, and by whom. */
export interface ConsentQuestion {
  readonly user_id: UserId;
  readonly email: string;
  readonly locale: string | null;
  readonly client_name: string;
  readonly policy_uri: string | null;
  readonly tos_uri: string | null;
  readonly scopes: readonly string[];
  /** Hexadecimal; of what of the client they are shown. */
  readonly consent_hash: string;
}

/** @returns null where nobody is signed in, or there is no such client any more: the request finds that out itself */
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
      c.policy_uri,
      c.tos_uri,
      array(select name from unnest(r.scope) as name where name = any (c.scopes)) as scopes,
      encode(c.consent_hash, 'hex') as consent_hash
    from r
    join clients c on c.client_id = r."clientId"
    join sessions s on ${opensBrowser}
    join users u using (user_id)
    where ${isLive}`,
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

/** As its owner sees it. */
export interface ConsentRow {
  readonly consent_id: ConsentId;
  readonly client_id: ClientId;
  readonly client_name: string;
  readonly client_uri: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** Milliseconds since the epoch. */
  readonly given_at: number;
}

/** @returns one more than the page holds, if there are more; null when the caller's own session is over */
export async function listConsents(
  database: Database,
  claims: AccessClaims,
  { after, limit }: Page,
  context: RequestContext,
): Promise<readonly ConsentRow[] | null> {
  const rows = await database.query<ConsentRow | { readonly consent_id: null }>(
    `
    with ${caller}, ${seen}
    select listed.*
    from caller
    left join lateral (
      select
        k.consent_id,
        k.client_id,
        c.name as client_name,
        c.client_uri,
        k.scopes,
        k.resources,
        (extract(epoch from k.given_at) * 1000)::bigint as given_at
      from consents k
      join clients c using (client_id)
      -- Ids rise with time (UUIDv7).
      where k.user_id = caller.user_id and (:after::uuid is null or k.consent_id < :after::uuid)
      order by k.consent_id desc
      limit :limit + 1
    ) listed on true`,
    { after, limit, ...callerParameters(claims, context) },
  );
  return rows.length === 0 ? null : rows.filter((row) => row.consent_id !== null);
}

/** Takes a consent back, and ends what the client has because of it: the person's sessions there, and codes. */
export async function withdrawConsent(
  database: Database,
  claims: AccessClaims,
  consentId: ConsentId,
  context: RequestContext,
): Promise<'withdrawn' | 'not_found' | 'caller_gone'> {
  const [row] = await database.query<{ alive: boolean; withdrawn: boolean }>(
    `
    with ${callerWhoEnds},
    there as (
      select k.consent_id
      from consents k
      join caller using (user_id)
      where k.consent_id = :consent_id::uuid
    ),
    withdrawn as (
      delete from consents k
      using there
      where k.consent_id = there.consent_id
      returning k.user_id, k.client_id
    ),
    unused as (
      delete from authorization_codes a
      using withdrawn w
      where a.user_id = w.user_id and a.client_id = w.client_id and a.used_at is null
    ),
    ${revoke('s.user_id = withdrawn.user_id and s.client_id = withdrawn.client_id', 'from withdrawn')},
    announced as (${announceEach(
      'huleedu.identity.consent.withdrawn.v1',
      {
        aggregate: { type: 'user', id: 'user_id' },
        eventId: ':event_id::uuid',
        data: { user_id: 'user_id', client_id: 'client_id', withdrawn_at: ':now' },
      },
      'withdrawn',
    )}),
    recorded as (${recordEach(
      'consent.withdrawn',
      { id: ':entry_id::uuid', detail: { client_id: 'client_id' } },
      'withdrawn',
    )})
    select
      exists (select from caller) as alive,
      -- Or by this statement's earlier try, whose answer was lost.
      exists (select from withdrawn) or ${isWritten(':event_id')} as withdrawn,
      decide_anew(exists (select from there) and not exists (select from withdrawn))`,
    {
      consent_id: consentId,
      event_id: newId<EventId>(),
      entry_id: newId<EntryId>(),
      ...callerParameters(claims, context),
      ...revokeParameters('user', context),
    },
  );
  if (!row?.alive) return 'caller_gone';
  return row.withdrawn ? 'withdrawn' : 'not_found';
}
