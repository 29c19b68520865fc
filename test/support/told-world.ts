/** A small world of people and organisations as the database has it, and as its events tell it. */
import { createHash, randomBytes } from 'node:crypto';
import { v4, v7 } from 'uuid';
import type { AccessClaims } from '../../functions/domain/access-token.ts';
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
  /** Owns `own` alone, `shared` with `peer`; is invited to `peers`. */
  readonly person: Inhabitant;
  /** Owns `shared` and `peers`. */
  readonly peer: Inhabitant;
  /** Is invited to `own` by the person. */
  readonly guest: Inhabitant;
  readonly admin: Inhabitant;
  /** The person's second session. */
  readonly second: { readonly sessionId: SessionId; readonly token: RefreshToken };
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

/** @param proved whether the person's address is; the others' are */
export async function newWorld(service: Service, proved: boolean): Promise<World> {
  const [person, peer, guest, admin] = [inhabitant(), inhabitant(), inhabitant(), inhabitant()];
  const token = firstRefreshToken(newId<SessionId>(), chainKeys);
  const world: World = {
    person,
    peer,
    guest,
    admin,
    second: { sessionId: token.sessionId, token },
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
  await service.sql(
    `
    with people as (
      insert into users (user_id, email, email_key, email_verified_at, password_hash, platform_roles, registered_at, updated_at)
      select p.user_id, p.email, p.email, case when p.proved then now() end, '!', case when p.admin then '{admin}' else '{}' end::text[], now(), now()
      from jsonb_to_recordset($1::jsonb) as p (user_id uuid, email text, proved boolean, admin boolean)
    ),
    begun as (
      insert into sessions (session_id, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at)
      select s.session_id, s.user_id, 0, '192.0.2.1', decode(s.hash, 'hex'), now(), now(), now(), now() + interval '1 day', now() + interval '1 day'
      from jsonb_to_recordset($2::jsonb) as s (session_id uuid, user_id uuid, hash text)
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
    )
    select`,
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
        sessions.map((one) => ({ user_id: one.userId, session_id: one.sessionId, hash: one.hash.toString('hex') })),
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
    ],
  );
  await service.sql(
    `insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
    values ($1, $3, 'verify_email', now(), now() + interval '1 day'), ($2, $3, 'reset_password', now(), now() + interval '1 day')`,
    [world.verification, world.reset, person.userId],
  );
  return world;
}

export interface State {
  /** `ORG USER roles`, as sorted lines. */
  readonly members: readonly string[];
  /** `USER proved|unproved, N sessions`. */
  readonly accounts: readonly string[];
}

interface Told {
  readonly members: Map<string, string>;
  readonly accounts: Map<string, { proved: boolean; sessions: number }>;
}

const stateOf = ({ members, accounts }: Told): State => ({
  members: [...members].map(([member, roles]) => `${member} ${roles}`).toSorted(),
  accounts: [...accounts]
    .map(([user, { proved, sessions }]) => `${user} ${proved ? 'proved' : 'unproved'}, ${sessions} sessions`)
    .toSorted(),
});

/** What the database has of the people that `among` names, and of whoever has their addresses, and of their organisations. */
export async function stateInDatabase(service: Service, among: readonly string[], at: Date): Promise<State> {
  const accounts = await service.sql(
    `select
      u.user_id, u.email_verified_at is not null as proved,
      (
        select count(*)::int from sessions s
        where
          s.user_id = u.user_id and s.revoked_at is null and s.password_epoch = u.password_epoch
          and least(s.idle_expires_at, s.expires_at) > $2
      ) as sessions
    from users u
    where u.user_id = any ($1) or u.email_key = any (select unnest($1::text[]) || '@example.com')`,
    [among, at],
  );
  const members = await service.sql('select org_id, user_id, roles from memberships where user_id = any ($1)', [
    accounts.map(({ user_id }) => user_id),
  ]);
  return stateOf({
    members: new Map(members.map(({ org_id, user_id, roles }) => [`${org_id} ${user_id}`, roles.join()])),
    accounts: new Map(accounts.map(({ user_id, proved, sessions }) => [user_id, { proved, sessions }])),
  });
}

/**
 * The state that follows from the one before by the events since, each aggregate's in their order.
 * @throws Error where an event cannot be true of what came before it
 */
export async function stateTold(service: Service, before: State, correlations: readonly string[]): Promise<State> {
  const told: Told = {
    members: new Map(before.members.map((line) => [line.slice(0, 73), line.slice(74)])),
    accounts: new Map(
      before.accounts.map((line) => [
        line.slice(0, 36),
        { proved: line.includes(' proved'), sessions: Number.parseInt(line.split(', ')[1] ?? '', 10) },
      ]),
    ),
  };
  const events = await service.sql(
    `select topic, aggregate_id, sequence::int as sequence, data
    from event_outbox
    where correlation_id = any ($1) and aggregate_type in ('user', 'organization')
    order by aggregate_id, sequence`,
    [correlations],
  );
  const last = new Map<string, number>();
  for (const { topic, aggregate_id, sequence, data } of events) {
    const expected = (last.get(aggregate_id) ?? sequence - 1) + 1;
    if (sequence !== expected) throw new Error(`${topic} is ${sequence}, not ${expected}, of ${aggregate_id}`);
    last.set(aggregate_id, sequence);
    tell(told, topic, data);
  }
  return stateOf(told);
}

// biome-ignore lint/suspicious/noExplicitAny: each topic has its own data.
function tell({ members, accounts }: Told, topic: string, data: any): void {
  const member = `${data.org_id} ${data.user_id}`;
  const account = accounts.get(data.user_id);
  const must = (holds: boolean) => {
    if (!holds) throw new Error(`cannot be: ${topic} ${JSON.stringify(data)}`);
  };
  switch (topic.replace('huleedu.identity.', '')) {
    case 'user.registered.v1':
      must(!account);
      accounts.set(data.user_id, { proved: false, sessions: 0 });
      break;
    case 'account.deleted.v1':
      must(account !== undefined);
      accounts.delete(data.user_id);
      break;
    case 'org.created.v1':
    case 'org.member.added.v1':
      must(!members.has(member));
      members.set(member, data.roles.join());
      break;
    case 'org.member.roles.changed.v1':
      must(members.has(member));
      members.set(member, data.roles.join());
      break;
    case 'org.member.removed.v1':
      must(members.get(member) === data.roles.join());
      members.delete(member);
      break;
    case 'email.verified.v1':
      must(account?.proved === false);
      if (account) account.proved = true;
      break;
    case 'login.succeeded.v1':
      must(account !== undefined);
      if (account) account.sessions++;
      break;
    case 'session.revoked.v1':
      must(account !== undefined && account.sessions > 0);
      if (account) account.sessions--;
      break;
    default:
      // The rest changes nothing that is compared, and is of accounts that are there.
      must(account !== undefined);
  }
}

export const correlation = () => v4();
export const someId = () => v7();
