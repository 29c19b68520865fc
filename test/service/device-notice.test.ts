/** The mail about a sign-in without the token of a known device (S67), and the outcomes as which sign-ins count. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
const MINUTE = 60;
const password = 'correct horse battery staple';
const wrong = 'incorrect horse battery staple';

let service: Service;
let ahead = 0;
beforeAll(async () => {
  service = await sharedService({ rateLimiting: 'on' });
});
afterAll(() => service.stop());
beforeEach(() => pass(2 * HOUR));

function pass(seconds: number): void {
  ahead += seconds;
  service.setClockOffset(ahead);
}
const newClient = clientsIn('127.4');
const post = (path: string, body: object, from = newClient(), headers = {}) =>
  postFrom(from, `${service.url}/v1/auth/${path}`, body, headers);
const login = (email: string, given: string, device_token?: string, from?: string, more: object = {}) =>
  post('login', { email, password: given, ...(device_token ? { device_token } : {}), ...more }, from);
/** A person who signed in on a device before. */
async function owner(from = newClient()) {
  const email = newEmail();
  const { user_id: userId } = (await post('register', { email, password })).body;
  const signedIn = await login(email, password, undefined, from);
  expect(signedIn.status).toBe(200);
  const { device_token: device, access_token } = signedIn.body;
  return {
    email,
    userId: userId as string,
    device: device as string,
    bearer: { authorization: `Bearer ${access_token}` },
  };
}
describe('the notice of a new device', () => {
  const notices = async (email: string) =>
    (await service.outbox('huleedu.email.notification.requested.v1')).filter(
      ({ to, template_id }) => to === email && template_id === 'new_device',
    ).length;

  it('S67: is sent for a copied name and browser, even in the owner’s network, after the owner sent a token', async () => {
    const { email, device } = await owner();
    const renewed = (await login(email, password, device)).body.device_token;
    expect(await notices(email)).toBe(0);
    await login(email, password);
    expect(await notices(email)).toBe(1);
    await login(email, password, renewed);
    expect(await notices(email)).toBe(1);
  });

  it('S67: is not sent for each login of a client that never sent a token, while it stays in its network', async () => {
    const { email } = await owner('127.5.5.1');
    for (let n = 0; n < 3; n++) await login(email, password, undefined, `127.5.5.${200 + n}`);
    expect(await notices(email)).toBe(0);
    pass(2 * MINUTE);
    await login(email, password, undefined, '127.99.0.1');
    expect(await notices(email)).toBe(1);
  });

  it('S67: is sent at most three times an hour, and the audit log records that there were more', async () => {
    const { email, userId } = await owner();
    for (let n = 0; n < 6; n++) {
      pass(MINUTE);
      expect((await login(email, password, undefined, `127.${120 + n}.0.1`)).status).toBe(200);
    }
    expect(await notices(email)).toBe(3);
    const told = await service.sql(
      `select detail ->> 'limit' as name from audit_log where user_id = $1 and action = 'rate_limit.exceeded'`,
      [userId],
    );
    expect(told).toEqual([{ name: 'mailPerAddress' }]);
  });
});

it('counts logins and registrations by outcome, and names nobody', async () => {
  const { email } = await owner();
  // The sixth within a minute is refused by the limit.
  for (let n = 0; n < 6; n++) await login(email, wrong);
  await login(newEmail(), wrong);
  await post('register', { email, password });
  const lines = service.logs().flatMap(({ line }) => (line.includes('"Outcome"') ? [JSON.parse(line)] : []));
  const counted = (metric: string, outcome: string) =>
    lines.filter((line) => line[metric] === 1 && line.Outcome === outcome);
  for (const outcome of ['succeeded', 'invalid_password', 'user_not_found', 'rate_limit_exceeded']) {
    expect(counted('Logins', outcome).length).toBeGreaterThan(0);
  }
  for (const outcome of ['created', 'address_taken'])
    expect(counted('Registrations', outcome).length).toBeGreaterThan(0);
  expect(lines[0]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['Stage', 'Outcome']]);
  expect(JSON.stringify(lines)).not.toContain('@');
});
