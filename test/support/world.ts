/** A small world of people and organisations, as the database has it and as its events describe it. */
import { createHash, randomBytes } from 'node:crypto';
import type { AccessClaims } from '../../functions/domain/access-token.ts';
import type { BrowserCookie } from '../../functions/domain/browser-session.ts';
import { newId, type OrgId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import { firstRefreshToken, type RefreshToken } from '../../functions/domain/refresh-token.ts';
import type { Service } from './service.ts';

export const chainKeys = [randomBytes(32)] as const;

export interface Inhabitant {
  readonly userId: UserId;
  readonly email: string;
  readonly addressKey: Buffer;
  readonly token: RefreshToken;
  readonly claims: AccessClaims;
}

export interface World {
  /** The only owner of `own`, owner of `shared` with `peer`, and invited to `peers`. */
  readonly person: Inhabitant;
  /** Owns `shared` and `peers`. */
  readonly peer: Inhabitant;
  /** Is invited to `own` by the person. */
  readonly guest: Inhabitant;
  readonly admin: Inhabitant;
  /** The person's second session. */
  readonly second: { readonly sessionId: SessionId; readonly token: RefreshToken };
  /** The person's session at a browser, which a client has one of too. */
  readonly browser: BrowserCookie;
  readonly own: OrgId;
  readonly shared: OrgId;
  readonly peers: OrgId;
  readonly guestInvitation: TokenId;
  readonly personInvitation: TokenId;
  readonly verification: TokenId;
  readonly reset: TokenId;
}

const inhabitant = (): Inhabitant => {
  const userId = newId<UserId>();
  const token = firstRefreshToken(newId<SessionId>(), chainKeys);
  const email = `${userId}@example.com`;
  const claims = { sub: userId, sid: token.sessionId } as AccessClaims;
  return { userId, email, token, claims, addressKey: createHash('sha256').update(email).digest() };
};

/** @param proved whether the person's address is proved; the others' addresses are */
export async function newWorld(service: Service, proved: boolean): Promise<World> {
  const [person, peer, guest, admin] = [inhabitant(), inhabitant(), inhabitant(), inhabitant()];
  const token = firstRefreshToken(newId<SessionId>(), chainKeys);
  const browser = { sessionId: newId<SessionId>(), hash: randomBytes(32) };
  const world: World = {
    person,
    peer,
    guest,
    admin,
    second: { sessionId: token.sessionId, token },
    browser,
    own: newId<OrgId>(),
    shared: newId<OrgId>(),
    peers: newId<OrgId>(),
    guestInvitation: newId<TokenId>(),
    personInvitation: newId<TokenId>(),
    verification: newId<TokenId>(),
    reset: newId<TokenId>(),
  };
  const { own, shared, peers } = world;
  const people = [person, peer, guest, admin];
  const sessions = [...people.map(({ userId, token: { sessionId, hash } }) => ({ userId, sessionId, hash }))];
  sessions.push({ userId: person.userId, sessionId: token.sessionId, hash: token.hash });
  const given = { sessionId: newId<SessionId>(), hash: randomBytes(32) };
  await service.sql(
    `
    with people as (
      insert into users (user_id, email, email_key, email_verified_at, password_hash, platform_roles, registered_at, updated_at)
      select p.user_id, p.email, p.email, case when p.proved then now() end, '!', case when p.admin then '{admin}' else '{}' end::text[], now(), now()
      from jsonb_to_recordset($1::jsonb) as p (user_id uuid, email text, proved boolean, admin boolean)
    ),
    begun as (
      insert into sessions (session_id, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at, level_at, level_until)
      select
        s.session_id, s.user_id, 0, '192.0.2.1', decode(s.hash, 'hex'), now(), now(), now(), now() + interval '1 day', now() + interval '1 day',
        -- Administrators act at level 2 alone.
        case when s.admin then now() end, case when s.admin then now() + interval '1 hour' end
      from jsonb_to_recordset($2::jsonb) as s (session_id uuid, user_id uuid, hash text, admin boolean)
    ),
    orgs as (
      insert into organizations (org_id, name, created_at)
      select o::uuid, 'School', now() from jsonb_array_elements_text($3::jsonb) as o
    ),
    members as (
      insert into memberships (org_id, user_id, roles, created_at)
      select m.org_id, m.user_id, '{owner}', now()
      from jsonb_to_recordset($4::jsonb) as m (org_id uuid, user_id uuid)
    ),
    invited as (
      insert into invitations (org_id, email_key, email, token_id, roles, invited_by, created_at, expires_at)
      select i.org_id, i.email, i.email, i.token_id, '{member}', i.invited_by, now(), now() + interval '1 day'
      from jsonb_to_recordset($5::jsonb) as i (org_id uuid, email text, token_id uuid, invited_by uuid)
    ),
    sequences as (
      insert into event_sequences (aggregate_id, sequence)
      select a::uuid, 100 from jsonb_array_elements_text($6::jsonb) as a
    ),
    at_browser as (
      insert into sessions (
        session_id, user_id, kind, client_id, browser_session_id, sid, idle_seconds,
        password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at
      )
      select
        s.session_id, $7, s.kind, s.client_id, s.browser_session_id, s.client_id, 86400,
        0, '192.0.2.1', s.hash, now(), now(), now(), now() + interval '1 day', now() + interval '1 day'
      from (values
        ($8::uuid, 'browser', null, null::uuid, $9::bytea),
        ($10::uuid, 'client', 'reader', $8::uuid, $11::bytea)
      ) as s (session_id, kind, client_id, browser_session_id, hash)
    )
    insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
    values
      ($12, $7, 'verify_email', now(), now() + interval '1 day'),
      ($13, $7, 'reset_password', now(), now() + interval '1 day')`,
    [
      JSON.stringify(
        people.map((one) => ({
          user_id: one.userId,
          email: one.email,
          proved: one !== person || proved,
          admin: one === admin,
        })),
      ),
      JSON.stringify(
        sessions.map((one) => ({
          user_id: one.userId,
          session_id: one.sessionId,
          hash: one.hash.toString('hex'),
          admin: one.userId === admin.userId,
        })),
      ),
      JSON.stringify([own, shared, peers]),
      JSON.stringify([
        { org_id: own, user_id: person.userId },
        { org_id: shared, user_id: person.userId },
        { org_id: shared, user_id: peer.userId },
        { org_id: peers, user_id: peer.userId },
      ]),
      JSON.stringify([
        { org_id: own, email: guest.email, token_id: world.guestInvitation, invited_by: person.userId },
        { org_id: peers, email: person.email, token_id: world.personInvitation, invited_by: peer.userId },
      ]),
      JSON.stringify([own, shared, peers, ...people.map(({ userId }) => userId)]),
      person.userId,
      browser.sessionId,
      browser.hash,
      given.sessionId,
      given.hash,
      world.verification,
      world.reset,
    ],
  );
  return world;
}
