/** What an organisation asks of its members, as its owners set it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { raise } from '../support/levels.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { claimsOf, join, newOrganization } from '../support/organizations.ts';
import { signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { givePasskey } from '../support/passkeys.ts';
import { type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const DAY = 24 * 60 * 60;
const TOPIC = 'huleedu.identity.org.policy.changed.v1';

let service: Service;
let owner: Person;
let member: Person;
let org: string;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));
beforeEach(async () => {
  owner = await registerAndLogin(service);
  org = await newOrganization(service, owner);
  member = await registerAndLogin(service);
  await join(service, owner, org, member, ['teacher']);
});

const put = (body: object, by: Tokens = owner) => service.put(`/v1/orgs/${org}/policy`, body, by.bearer);
const get = (by: Tokens = owner) => service.get(`/v1/orgs/${org}/policy`, by.bearer);
const inDays = (days: number) => new Date(Date.now() + days * DAY * 1000).toISOString();
const refresh = ({ refreshToken }: Tokens) =>
  service.post('/v1/auth/refresh', { refresh_token: refreshToken, org_id: org });
const events = async () => (await service.outbox(TOPIC)).filter(({ org_id }) => org_id === org);
const nothing = { level_2: null, shared_devices: false };

describe('a policy', () => {
  it('asks nothing at first, and members see what it asks', async () => {
    expect(await get(member)).toMatchObject({ status: 200, body: nothing });
    const from = inDays(7);
    const policy = { level_2: { roles: ['teacher'], from }, shared_devices: true };
    expect(await put(policy)).toMatchObject({ status: 200, body: policy });
    expect((await get(member)).body).toEqual(policy);
    expect((await get()).body).toEqual(policy);
    expect(await put({})).toMatchObject({ status: 200, body: nothing });
    expect((await get()).body).toEqual(nothing);
  });

  it('S54: is announced and recorded where it changes, and only there', async () => {
    const from = inDays(7);
    const policy = { level_2: { roles: ['teacher'], from }, shared_devices: true };
    for (const one of [policy, policy, { shared_devices: true }]) await put(one);
    const about = { org_id: org, shared_devices: true, at: expect.any(String), correlation_id: expect.any(String) };
    expect(await events()).toEqual([
      { ...about, level_2_required: true, level_2_roles: ['teacher'], level_2_from: from },
      { ...about, level_2_required: false },
    ]);
    const entries = await service.sql(
      `select user_id::text, detail from audit_log where action = 'org.policy.changed' and detail ->> 'org_id' = $1
       order by entry_id`,
      [org],
    );
    expect(entries).toEqual([
      { user_id: owner.userId, detail: { org_id: org, shared_devices: true, level_2_from: from, roles: ['teacher'] } },
      { user_id: owner.userId, detail: { org_id: org, shared_devices: true } },
    ]);
  });

  it.each([
    ['a role that is none', { level_2: { roles: ['Teacher!'] } }, '/level_2/roles/0'],
    ['no role at all', { level_2: { roles: [] } }, '/level_2/roles'],
    ['a day that is none', { level_2: { from: 'tomorrow' } }, '/level_2/from'],
    // The database has no such year, and answered 500.
    ['a day of the year 0', { level_2: { from: '0000-12-31T00:00:00Z' } }, '/level_2/from'],
    ['a word for yes', { shared_devices: 'yes' }, '/shared_devices'],
  ])('is refused with %s', async (_, body, pointer) => {
    expect(await put(body)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect((await get()).body).toEqual(nothing);
  });

  it('S85: is an owner’s who authenticated within minutes, at the account’s highest level', async () => {
    const level1 = { status: 403, body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: 'urn:identity:acr:1' } };
    service.setClockOffset(301);
    expect(await put({ shared_devices: true })).toMatchObject(level1);
    service.setClockOffset(0);
    await givePasskey(service, owner);
    await service.sql('update sessions set level_at = null, level_until = null where session_id = $1', [
      owner.sessionId,
    ]);
    const level2 = { status: 403, body: { acr_values: 'urn:identity:acr:2', max_age: 300 } };
    expect(await put({ shared_devices: true })).toMatchObject(level2);
    expect((await get()).body).toEqual(nothing);
    await raise(service, owner);
    expect((await put({ shared_devices: true })).status).toBe(200);
  });
});

describe('level 2', () => {
  it('S86: is asked of all members at once where neither roles nor a day are named', async () => {
    await givePasskey(service, owner);
    await raise(service, owner);
    expect((await put({ level_2: {} })).body.level_2).toMatchObject({ roles: null });
    expect(await refresh(member)).toMatchObject({ status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } });
    expect(claimsOf({ accessToken: (await refresh(owner)).body.access_token })).toMatchObject({ org_id: org });
  });

  it('S86: is asked from the day on that is named, and then of those with the roles', async () => {
    const pupil = await registerAndLogin(service);
    await join(service, owner, org, pupil, ['pupil']);
    await put({ level_2: { roles: ['teacher'], from: inDays(2) } });
    const before = await refresh(member);
    expect(before.status).toBe(200);
    service.setClockOffset(2 * DAY + 60);
    expect(await refresh({ ...member, refreshToken: before.body.refresh_token })).toMatchObject({ status: 403 });
    expect((await refresh(pupil)).status).toBe(200);
  });

  it('shuts no owner out who has no second factor: it is refused within a day, unless it asks others', async () => {
    const refused = { status: 409, body: { code: 'CONFLICT' } };
    expect(await put({ level_2: {} })).toMatchObject(refused);
    expect(await put({ level_2: { roles: ['owner', 'teacher'], from: inDays(0.9) } })).toMatchObject(refused);
    expect((await get()).body).toEqual(nothing);
    expect((await put({ level_2: { roles: ['teacher'] } })).status).toBe(200);
    expect((await put({ level_2: { from: inDays(1.1) } })).status).toBe(200);
    await givePasskey(service, owner);
    await raise(service, owner);
    expect((await put({ level_2: {} })).status).toBe(200);
  });

  it('S86: nobody below it takes it back', async () => {
    const other = await registerAndLogin(service);
    await join(service, owner, org, other, ['owner']);
    await givePasskey(service, owner);
    await raise(service, owner);
    await put({ level_2: { roles: ['owner'] } });
    expect(await put({}, other)).toMatchObject({ status: 403, body: { code: 'REAUTHENTICATION_REQUIRED' } });
  });
});

describe('at the pages', () => {
  async function at(person: Person): Promise<Visitor> {
    const browser = visitor(service);
    await signInAt(browser, person);
    return browser;
  }
  const notice = async (browser: Visitor) =>
    /<div class="notice careful"[^>]*id="demand">.*?<div>(.*?)<\/div>/s.exec(
      String((await browser.open('/account?lang=en')).body),
    )?.[1];

  it('members are told by when they need a second factor, and lose nothing until then', async () => {
    const browser = await at(member);
    expect(await notice(browser)).toBeUndefined();
    await put({ level_2: { roles: ['teacher'], from: '2099-05-03T08:00:00Z' } });
    expect(await notice(browser)).toBe(
      'Oak School asks you for a second factor from 3 May 2099 at 08:00 UTC on. ' +
        'Set up a passkey or an authenticator app before then.',
    );
    expect((await browser.open('/account/profile')).status).toBe(200);
    await givePasskey(service, member);
    expect(await notice(browser)).toBeUndefined();
  });

  it('S86: an application leads whoever has none to where one is set up; the account stays its owner’s', async () => {
    const browser = await at(member);
    await put({ level_2: { roles: ['teacher'] } });
    const client = await newClient(service, 'public', { first_party: true });
    await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
    expect(browser.location()).toMatch(/^\/second-factor\?/);
    await browser.open(browser.location());
    expect(browser.location()).toMatch(/^\/account(\?|$)/);
    expect(await notice(browser)).toMatch(/^Oak School asks you for a second factor\. Set up/);
    // Anybody may found an organisation: none closes the way to export and deletion.
    expect((await browser.open('/account/export')).status).toBe(200);
  });
});
