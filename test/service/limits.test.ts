import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RangeService, startRangeService } from '../../lib/local/range-service.ts';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { mailedToken } from '../support/mailbox.ts';
import { newOrganization } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

const HOUR = 3600;
const password = 'correct horse battery staple';
const wrong = 'incorrect horse battery staple';

let service: Service;
let ranges: RangeService;
let ahead = 0;
beforeAll(async () => {
  ranges = await startRangeService([]);
  service = await startService({
    settings: {
      rateLimiting: 'on',
      breachedPasswordRangeUrl: ranges.url,
      rateLimits: { invitationPerUser: { limit: 4, windowSeconds: HOUR } },
    },
  });
});
afterAll(async () => {
  await service.stop();
  await ranges.close();
});
// Each test is counted by itself.
beforeEach(() => {
  ahead += 2 * HOUR;
  service.setClockOffset(ahead);
});

const newClient = clientsIn('127.2');
const post = (from: string, path: string, body: object, headers = {}) =>
  postFrom(from, `${service.url}/v1/${path}`, body, headers);
async function many(times: number, request: (n: number) => Promise<{ status: number }>): Promise<number[]> {
  const statuses = [];
  for (let n = 0; n < times; n++) statuses.push((await request(n)).status);
  return statuses;
}
const lines = async () =>
  (await service.sql(`select detail ->> 'limit' as name from audit_log where action = 'rate_limit.exceeded'`)).map(
    ({ name }) => name as string,
  );
/** The limits that refused the work, as the audit log records. */
async function toldDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = (await lines()).length;
  await work();
  return (await lines()).slice(before);
}

describe('S9: a refusal leaves one audit line a window', () => {
  const cases: Record<
    string,
    [limit: string, tries: number, make: () => Promise<(n: number) => Promise<{ status: number }>>]
  > = {
    registering: [
      'registerPerIp',
      10,
      async () => {
        const from = newClient();
        return () => post(from, 'auth/register', { email: newEmail(), password });
      },
    ],
    'guessing links': [
      'tokenGuessPerIp',
      10,
      async () => {
        const from = newClient();
        return (n) => post(from, 'auth/verify-email', { token: `guess-${n}` });
      },
    ],
    'mails to one address': [
      'mailPerAddress',
      3,
      async () => {
        const { email } = await registerAndLogin(service);
        return () => post(newClient(), 'auth/request-password-reset', { email });
      },
    ],
    'mails asked for by one client': [
      'mailPerIp',
      30,
      async () => {
        const from = newClient();
        const paths = ['auth/request-password-reset', 'auth/request-email-verification'];
        return (n) => post(from, paths[n % 2] as string, { email: newEmail() });
      },
    ],
    invitations: [
      'invitationPerUser',
      4,
      async () => {
        const owner = await registerAndLogin(service);
        await service.post('/v1/auth/verify-email', {
          token: await mailedToken(service, owner.email, 'verify_email'),
        });
        const org = await newOrganization(service, owner);
        return () =>
          service.post(`/v1/orgs/${org}/invitations`, { email: newEmail(), roles: ['member'] }, owner.bearer);
      },
    ],
    'new passwords by one link': [
      'passwordPerLink',
      10,
      async () => {
        const { email } = await registerAndLogin(service);
        await service.post('/v1/auth/request-password-reset', { email });
        const token = await mailedToken(service, email, 'reset_password');
        return () => service.post('/v1/auth/reset-password', { token, new_password: email });
      },
    ],
    'present passwords by one session': [
      'passwordPerSession',
      5,
      async () => {
        const { bearer } = await registerAndLogin(service);
        const body = { current_password: wrong, new_password: password };
        return () => service.post('/v1/auth/change-password', body, bearer);
      },
    ],
  };
  it.each(Object.entries(cases))('S9: %s', async (_, [limit, tries, make]) => {
    const request = await make();
    let statuses: number[] = [];
    const told = await toldDuring(async () => {
      statuses = await many(tries + 3, request);
    });
    expect(statuses.slice(0, tries)).not.toContain(429);
    expect(statuses.slice(tries)).toEqual([429, 429, 429]);
    expect(told).toEqual([limit]);
  });

  it('S9: of a notice to the owner of an address that is registered repeatedly', async () => {
    const { email } = await registerAndLogin(service);
    const told = await toldDuring(() => many(5, () => post(newClient(), 'auth/register', { email, password })));
    expect(told).toEqual(['mailPerAddress']);
  });
});

describe('S68: admission comes first', () => {
  it('S68: a client over the limit of registrations causes no call to the breach service', async () => {
    const from = newClient();
    await many(10, () => post(from, 'auth/register', { email: newEmail(), password }));
    const before = ranges.requests.length;
    expect((await post(from, 'auth/register', { email: newEmail(), password })).status).toBe(429);
    expect(ranges.requests).toHaveLength(before);
  });

  it('S68: a wrong present password causes no call to the breach service, and a sixth try no hash', async () => {
    const person = await registerAndLogin(service);
    const before = ranges.requests.length;
    const change = () =>
      service.post('/v1/auth/change-password', { current_password: wrong, new_password: password }, person.bearer);
    // All at once: a count after the hash would admit every one of them.
    const answers = await Promise.all(Array.from({ length: 12 }, change));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'RATE_LIMITED')).toHaveLength(7);
    expect(ranges.requests).toHaveLength(before);
  });

  it('S68: one reset link causes at most ten calls to the breach service a minute', async () => {
    const { email } = await registerAndLogin(service);
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    const reset = (new_password: string) => service.post('/v1/auth/reset-password', { token, new_password });
    await Promise.all(Array.from({ length: 20 }, () => reset(email)));
    const before = ranges.requests.length;
    expect((await reset(`${password} anew`)).status).toBe(429);
    expect(ranges.requests).toHaveLength(before);
    ahead += 61;
    service.setClockOffset(ahead);
    expect((await reset(`${password} anew`)).status).toBe(200);
  });
});

describe('S67: a signed-in person', () => {
  const change = (person: Person, current_password: string) =>
    service.post('/v1/auth/change-password', { current_password, new_password: `${password} anew` }, person.bearer);

  it('S67: changes the password while others have its address locked', async () => {
    const person = await registerAndLogin(service);
    const failures = () => service.sql('select from login_failures');
    const before = await failures();
    await many(5, () => post(newClient(), 'auth/login', { email: person.email, password: wrong }));
    expect(await failures()).not.toEqual(before);
    expect((await change(person, person.password)).status).toBe(204);
    // This also clears what was counted for the address.
    expect(await failures()).toEqual(before);
  });

  it('S67: with a stolen access token is locked out, but the owner is not', async () => {
    const person = await registerAndLogin(service);
    const locks = (await service.outbox('huleedu.identity.account.locked.v1')).length;
    expect(await many(5, () => change(person, wrong))).toEqual([401, 401, 401, 401, 401]);
    ahead += 61;
    service.setClockOffset(ahead);
    const refused = await change(person, person.password);
    expect([refused.status, refused.body.code]).toEqual([429, 'ACCOUNT_LOCKED']);
    expect(await service.outbox('huleedu.identity.account.locked.v1')).toHaveLength(locks);
    const again = await person.loginAgain();
    const { userId, email } = person;
    expect((await change({ ...person, ...again, userId, email }, person.password)).status).toBe(204);
  });
});
