/** What holds of every answer, and of the database when nothing was to change. */
import { expect } from 'vitest';
import type { Answer, Service } from '../support/service.ts';
import type { FuzzRequest } from './requests.ts';

/** A stack, SQL, an ARN, a file of ours: nothing that a caller is to see (S34). */
const INTERNALS = /\n\s+at |SQLState|arn:aws|\bselect .+ from\b|node_modules|\.(?:mjs|ts):\d+|ECONNREFUSED|postgres/i;
const OWN = 'https://own.invalid';
const LEADS_TO = /^(https:\/\/own\.invalid|https:\/\/app\.example|http:\/\/localhost:\d+)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export async function answerTo(service: Service, { route, path, headers, body }: FuzzRequest): Promise<Answer> {
  return service.send(route.method, path, body, headers);
}

/** @throws AssertionError that shows request and answer */
export function checkAnswer(request: FuzzRequest, answer: Answer): void {
  const { route } = request;
  const shown = JSON.stringify({
    ...request,
    route: `${route.method} ${route.path}`,
    status: answer.status,
    answer: answer.body,
  });
  expect(answer.status, shown).toBeLessThan(500);
  const type = answer.headers.get('content-type') ?? '';
  // The gateway's own answers have neither: a route that is not there, a request without a signature.
  const isOurs = answer.headers.has('x-correlation-id');
  if (isOurs) {
    expect(answer.headers.get('x-correlation-id'), shown).toMatch(UUID);
    expect(answer.headers.get('x-content-type-options'), shown).toBe('nosniff');
  } else {
    expect([400, 403, 404, 413, 431], shown).toContain(answer.status);
  }
  // Nobody is sent elsewhere but to the client, at its own address (S74).
  const location = answer.headers.get('location');
  if (location !== null) expect(new URL(location, OWN).origin, shown).toMatch(LEADS_TO);
  if (answer.status in route.answers) {
    const schema = route.answers[answer.status];
    if (schema) expect(schema.safeParse(answer.body), shown).toMatchObject({ success: true });
    else expect(answer.body, shown).toBe('');
  } else if (isOurs && answer.status >= 400 && type.startsWith('application/problem+json')) {
    expect(answer.body, shown).toMatchObject({ status: answer.status, code: expect.any(String) });
    // Of the pointers, which repeat the caller's own words, nothing is said.
    expect(JSON.stringify([answer.body.title, answer.body.detail]), shown).not.toMatch(INTERNALS);
  }
}

/** Rows of these change by nothing that is refused; counters, the audit log and a session's last use may. */
const STATE = [
  'users',
  'organizations',
  'memberships',
  'invitations',
  'one_time_tokens',
  'sessions',
  'clients',
  'consents',
  'authorization_codes',
  'device_codes',
  'pushed_requests',
  'used_once',
  'factors',
];

/** One text for all that is kept of accounts; two that are equal are the same rows. */
export async function stateOf(service: Service): Promise<string> {
  const hashes = STATE.map(
    (table) =>
      `(select coalesce(md5(string_agg((to_jsonb(t) - 'last_seen_at')::text, '|' order by to_jsonb(t)::text)), '') from ${table} t)`,
  );
  const [row] = await service.sql(`select concat_ws(' ', ${hashes.join(', ')}) as state`);
  return row?.state;
}

/** The schema itself, its rights and the roles: what SQL in a field would be after. */
export async function schemaOf(service: Service): Promise<string> {
  const [row] = await service.sql(`
    select md5(concat_ws('|',
      (select string_agg(c.oid || c.relname || coalesce(c.relacl::text, ''), ',' order by c.oid)
       from pg_class c where c.relnamespace = 'public'::regnamespace),
      (select string_agg(a.attrelid || a.attname || a.atttypid, ',' order by a.attrelid, a.attnum)
       from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = 'public'::regnamespace)
    )) as schema`);
  return row?.schema;
}

/** @throws AssertionError when a transaction is still open, somebody waits for a lock, or an event cannot be sent */
export async function nothingLeftOpen(service: Service): Promise<void> {
  const open = await service.sql(`
    select state, query
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and (state like 'idle in%' or wait_event_type = 'Lock')`);
  expect(open).toEqual([]);
  // The mails that the first events call for have events of their own.
  for (let round = 0; round < 2; round++) {
    await service.runJob('relay-outbox', { drain: true });
    await service.events.settled();
  }
  const unsent = await service.sql('select topic, last_error from event_outbox where published_at is null');
  expect(unsent).toEqual([]);
}
