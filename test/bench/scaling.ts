/** Logins and refreshes with a thousand, a hundred thousand and a million people, each with a session of their own. */
import pg from 'pg';
import type { Bench, Figure } from './figure.ts';
import { connect } from './http-client.ts';
import { type Client, loadOf } from './load.ts';
import { type Target, withProcess } from './processes.ts';
import { quantile } from './quantile.ts';
import { login, refreshing, register } from './service-clients.ts';

const SIZES = [1_000, 100_000, 1_000_000];
const CLIENTS = 4;
const ROUNDS = 5;
const SECONDS = 1.5;

/** All three run at once and take turns, so that other work of the machine slows each alike. */
export const bench: Bench = () => withServices(SIZES, []);

async function withServices(sizes: readonly number[], filled: readonly Target[]): Promise<readonly Figure[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) return measure(filled);
  return withProcess('./service-process.ts', { passwordHasher: 'native' }, async (service) => {
    await fill(service, size);
    return withServices(rest, [...filled, service]);
  });
}

async function measure(services: readonly Target[]): Promise<readonly Figure[]> {
  const clients: Readonly<Record<string, (size: number) => Client>> = {
    login: (size) => async (connection) => () => login(connection, emailOf(1 + Math.floor(Math.random() * size))),
    refresh: (size) => async (connection) =>
      refreshing(connection, await login(connection, emailOf(1 + Math.floor(Math.random() * size)))),
  };
  const figures: Figure[] = [];
  for (const [name, client] of Object.entries(clients)) {
    const times: number[][] = SIZES.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, { url }] of services.entries()) {
        const size = SIZES[index] ?? 0;
        times[index]?.push((await loadOf(url, client(size), { clients: CLIENTS, seconds: SECONDS })).p50);
      }
    }
    const medians = times.map((one) => quantile(one, 0.5));
    for (const [index, value] of medians.entries()) {
      figures.push({ what: `${name}, ${SIZES[index]?.toLocaleString('en')} people, p50`, value, unit: 'ms' });
    }
    figures.push({
      what: `${name}, a million people beside a thousand, p50`,
      value: (medians[2] ?? 0) / (medians[0] ?? 0),
      unit: '×',
      target: { atMost: 1.2 },
    });
  }
  return figures;
}

const emailOf = (number: number) => `person-${number}@example.com`;

/** Inserts people in sets; each has the same password as the person who registers here. */
async function fill({ url, connectionString }: Target, size: number): Promise<void> {
  const connection = connect(url);
  await register(connection, emailOf(0));
  connection.close();
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(
      `
      insert into users (user_id, email, email_key, password_hash, registered_at, updated_at)
      select uuidv7(), e.email, e.email, u.password_hash, now(), now()
      from
        users u,
        generate_series(1, $1::integer) as n,
        lateral (select 'person-' || n || '@example.com' as email) as e
      where u.email_key = 'person-0@example.com'`,
      [size],
    );
    await client.query(`
      insert into sessions (
        session_id, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at,
        idle_expires_at, expires_at
      )
      select
        uuidv7(), user_id, 0, '192.0.2.1', sha256(email::bytea), now(), now(), now(), now() + interval '30 days',
        now() + interval '90 days'
      from users`);
    await client.query('vacuum (analyze) users, sessions');
  } finally {
    await client.end();
  }
}
