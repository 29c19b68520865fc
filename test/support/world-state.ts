/** Memberships, proved addresses and sessions: as the database has them, and as its events describe them. */
import type { Service } from './service.ts';

export interface State {
  /** `ORG USER roles`, as sorted lines. */
  readonly members: readonly string[];
  /** `USER proved|unproved, N sessions`. */
  readonly accounts: readonly string[];
}

interface Parts {
  readonly members: Map<string, string>;
  readonly accounts: Map<string, { proved: boolean; sessions: number }>;
}

const stateOf = ({ members, accounts }: Parts): State => ({
  members: [...members].map(([member, roles]) => `${member} ${roles}`).toSorted(),
  accounts: [...accounts]
    .map(([user, { proved, sessions }]) => `${user} ${proved ? 'proved' : 'unproved'}, ${sessions} sessions`)
    .toSorted(),
});

/** What the database has of the people in `among`, of others with their addresses, and of their organisations. */
export async function stateInDatabase(service: Service, among: readonly string[], at: Date): Promise<State> {
  const accounts = await service.sql(
    `select
      u.user_id, u.email_verified_at is not null as proved,
      (
        select count(*)::int from sessions s
        where
          s.user_id = u.user_id and s.revoked_at is null and s.password_epoch = u.password_epoch
          and least(s.idle_expires_at, s.expires_at) > $2
      ) as sessions,
      array(
        select array[concat_ws(' ', m.org_id, m.user_id), array_to_string(m.roles, ',')]
        from memberships m where m.user_id = u.user_id
      ) as members
    from users u
    where u.user_id = any ($1) or u.email_key = any (select unnest($1::text[]) || '@example.com')`,
    [among, at],
  );
  return stateOf({
    members: new Map(accounts.flatMap(({ members }) => members)),
    accounts: new Map(accounts.map(({ user_id, proved, sessions }) => [user_id, { proved, sessions }])),
  });
}

/**
 * The state that follows from the previous one by the events since, in the order of each aggregate.
 * @throws Error when an event contradicts what came before it
 */
export async function stateByEvents(service: Service, before: State, correlations: readonly string[]): Promise<State> {
  const parts: Parts = {
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
    if (sequence !== expected) throw new Error(`${topic} is number ${sequence}, not ${expected}, of ${aggregate_id}`);
    last.set(aggregate_id, sequence);
    apply(parts, topic, data);
  }
  return stateOf(parts);
}

// biome-ignore lint/suspicious/noExplicitAny: each topic has data of its own.
function apply({ members, accounts }: Parts, topic: string, data: any): void {
  const member = `${data.org_id} ${data.user_id}`;
  const account = accounts.get(data.user_id);
  const must = (holds: boolean) => {
    if (!holds) throw new Error(`contradicts the state: ${topic} ${JSON.stringify(data)}`);
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
    case 'org.policy.changed.v1':
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
      // The other topics change nothing that is compared, and are about existing accounts.
      must(account !== undefined);
  }
}
