/** The service as far from AWS as it is in a Region, with a share of the calls refused, cut off or never answered. */
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { drain } from './relay-ordeal.ts';

/** Milliseconds that a call takes in a Region, about: issue 16. */
const latency = { 'rds-data': 12, kms: 8, events: 10 } as const;

/** What each service says when it does not do a call, by turns. */
const refusals = {
  'rds-data': [
    { code: 'ThrottlingException' },
    { code: 'DatabaseUnavailableException', status: 504 },
    { code: 'StatementTimeoutException' },
    { code: 'SecretsErrorException' },
    { code: 'InternalServerErrorException', status: 500 },
  ],
  kms: [{ code: 'ThrottlingException' }, { code: 'KMSInternalException', status: 500 }],
  events: [{ code: 'ThrottlingException' }, { code: 'InternalException', status: 500 }],
} as const;

/** The shares of the calls, 0 to 1. */
export interface Shares {
  readonly refused: number;
  /** Half of them before the work, half after it. */
  readonly cut: number;
  readonly hung: number;
}

export const faultless: Shares = { refused: 0, cut: 0, hung: 0 };

/** Longer than any function runs, milliseconds. */
const FOREVER = 600_000;

function order(service: Service, { refused, cut, hung }: Shares): void {
  service.endpoint.faults.clear();
  for (const id of ['rds-data', 'kms', 'events'] as const) {
    const every = { service: id, operation: '*', times: null, delay_ms: latency[id] };
    if (hung > 0) service.endpoint.faults.order({ ...every, delay_ms: FOREVER, drop: true, rate: hung });
    for (const error of refusals[id]) {
      if (refused > 0) service.endpoint.faults.order({ ...every, error, rate: refused / refusals[id].length });
    }
    if (cut > 0) service.endpoint.faults.order({ ...every, drop: true, rate: cut / 2 });
    if (cut > 0) service.endpoint.faults.order({ ...every, drop: true, after: true, rate: cut / 2 });
    // The first one ordered that strikes wins, so what is left takes its time and succeeds.
    service.endpoint.faults.order(every);
  }
}

export interface Ordeal {
  /** What was answered otherwise than it should be: `POST /v1/auth/login 500`. A 503 may be sent again, and counts apart. */
  readonly wrong: readonly string[];
  readonly unavailable: number;
  /** Calls that were refused, cut off or never answered. */
  readonly struck: number;
  /** Events that never left. */
  readonly unsent: number;
  /** Of each request, milliseconds, the fastest first. */
  readonly times: readonly number[];
}

/** @param journeys of one person each, of eleven requests; some at once */
export async function underAws(service: Service, shares: Shares, journeys: number, atOnce: number): Promise<Ordeal> {
  const wrong: string[] = [];
  const times: number[] = [];
  let unavailable = 0;
  order(service, shares);
  const expect = async (status: number, method: 'get' | 'post', path: string, ...more: unknown[]) => {
    const begun = performance.now();
    const answer = await (service[method] as Service['post'])(path, ...(more as [unknown]));
    times.push(performance.now() - begun);
    if (answer.status === 503) unavailable += 1;
    else if (answer.status !== status) wrong.push(`${method} ${path} ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  let begun = 0;
  const person = async () => {
    while (begun < journeys) {
      begun += 1;
      await journey(expect);
    }
  };
  const people = Promise.all(Array.from({ length: atOnce }, person));
  let over = false;
  const relaying = people.finally(() => {
    over = true;
  });
  // A run that fails is followed by the next, as by the schedule.
  while (!over) await service.runJob('relay-outbox', { drain: true }).catch(() => {});
  await relaying;
  const struck = service.endpoint.faults.struck();
  await drain(service);
  const [row] = await service.sql('select count(*)::int as unsent from event_outbox where published_at is null');
  service.setClockOffset(0);
  return { wrong, unavailable, struck, unsent: row?.unsent, times: times.toSorted((one, other) => one - other) };
}

type Expect = (status: number, method: 'get' | 'post', path: string, ...more: unknown[]) => ReturnType<Service['post']>;

/** A person's: what comes after a 503 that ended a step is left out. */
async function journey(expect: Expect): Promise<void> {
  const credentials = { email: newEmail(), password: 'correct horse battery staple' };
  await expect(201, 'post', '/v1/auth/register', { ...credentials, organization_name: 'Norra skolan' });
  await expect(401, 'post', '/v1/auth/login', { ...credentials, password: 'a wrong horse battery staple' });
  const first = await expect(200, 'post', '/v1/auth/login', credentials);
  if (first.status !== 200) return;
  const refreshed = await expect(200, 'post', '/v1/auth/refresh', { refresh_token: first.body.refresh_token });
  if (refreshed.status !== 200) return;
  const bearer = { authorization: `Bearer ${refreshed.body.access_token}` };
  await expect(200, 'get', '/v1/auth/me', bearer);
  await expect(200, 'get', '/v1/auth/sessions', bearer);
  await expect(202, 'post', '/v1/auth/request-password-reset', { email: credentials.email });
  const second = await expect(200, 'post', '/v1/auth/login', credentials);
  if (second.status !== 200) return;
  const { session_id } = second.body;
  await expect(204, 'post', '/v1/auth/sessions/revoke', { session_id }, bearer);
  const left = await expect(204, 'post', '/v1/auth/logout', { refresh_token: refreshed.body.refresh_token });
  if (left.status === 204) await expect(401, 'get', '/v1/auth/me', bearer);
}

/** @param share 0.99: the time that 99 % of the requests keep within */
export const percentile = (times: readonly number[], share: number): number =>
  times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)] ?? 0;

export const figures = ({ times, unavailable, struck }: Ordeal): string =>
  `${times.length} requests, ${struck} of their calls struck, ${unavailable} answered 503; p50 ${Math.round(percentile(times, 0.5))} ms, ` +
  `p99 ${Math.round(percentile(times, 0.99))} ms, longest ${Math.round(times.at(-1) ?? 0)} ms`;
