/** Every route of organisations and of administration, called by every kind of person. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../lib/service/routes.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { mailedToken } from '../support/mailbox.ts';
import { invite, join, makeAdmin, memberPath, newOrganization, refreshed } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin, type Tokens } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const callers = ['nobody', 'stranger', 'member', 'admin', 'owner', 'platform admin', 'removed member'] as const;
type Caller = (typeof callers)[number];
type Statuses = readonly [number, number, number, number, number, number, number];

let service: Service;
let org: string;
/** The person whom the requests are about: a member, who is added again before each. */
let subject: Person;
let machine: TestClient;
/** An invitation for another person's address. */
let invitation: string;
const bearers = {} as Record<Caller, Tokens['bearer'] | undefined>;

interface Row {
  readonly path: () => string;
  readonly body?: () => object;
  /** In the order of `callers`. */
  readonly statuses: Statuses;
}

const signedIn = (status: number): Statuses => [401, status, status, status, status, status, status];
const administer = (status: number): Statuses => [401, 403, 403, 403, 403, status, 403];
const administrators = administer(200);
const client = (below = '') => `/v1/admin/clients/${machine.clientId}${below}`;
const user = (action = '') => `/v1/admin/users/${subject.userId}${action}`;

const matrix: Readonly<Record<string, Row>> = {
  'POST /v1/orgs': { path: () => '/v1/orgs', body: () => ({ name: 'Ash School' }), statuses: signedIn(201) },
  'GET /v1/orgs': { path: () => '/v1/orgs', statuses: signedIn(200) },
  'GET /v1/orgs/{org_id}/members': {
    path: () => `/v1/orgs/${org}/members`,
    statuses: [401, 404, 403, 200, 200, 404, 404],
  },
  'GET /v1/orgs/{org_id}/policy': {
    path: () => `/v1/orgs/${org}/policy`,
    statuses: [401, 404, 200, 200, 200, 404, 404],
  },
  'PUT /v1/orgs/{org_id}/policy': {
    path: () => `/v1/orgs/${org}/policy`,
    body: () => ({ shared_devices: false }),
    statuses: [401, 404, 403, 403, 200, 404, 404],
  },
  'PUT /v1/orgs/{org_id}/members/{user_id}': {
    path: () => memberPath(org, subject),
    body: () => ({ roles: ['teacher'] }),
    statuses: [401, 404, 403, 200, 200, 404, 404],
  },
  'DELETE /v1/orgs/{org_id}/members/{user_id}': {
    path: () => memberPath(org, subject),
    statuses: [401, 404, 403, 204, 204, 404, 404],
  },
  'POST /v1/orgs/{org_id}/invitations': {
    path: () => `/v1/orgs/${org}/invitations`,
    body: () => ({ email: newEmail(), roles: ['member'] }),
    statuses: [401, 404, 403, 202, 202, 404, 404],
  },
  'POST /v1/orgs/invitations/accept': {
    path: () => '/v1/orgs/invitations/accept',
    body: () => ({ token: invitation }),
    statuses: signedIn(403),
  },
  'GET /v1/admin/users': { path: () => `/v1/admin/users?email=${subject.email}`, statuses: administrators },
  'GET /v1/admin/users/{user_id}': { path: () => user(), statuses: administrators },
  'POST /v1/admin/users/{user_id}/lock': { path: () => user('/lock'), body: () => ({}), statuses: administrators },
  'POST /v1/admin/users/{user_id}/unlock': { path: () => user('/unlock'), statuses: administrators },
  'POST /v1/admin/users/{user_id}/factors/reset': {
    path: () => user('/factors/reset'),
    body: () => ({ reason: 'lost' }),
    // Nobody has proved the address.
    statuses: administer(409),
  },
  'POST /v1/admin/users/{user_id}/revoke-sessions': {
    path: () => user('/revoke-sessions'),
    statuses: administrators,
  },
  'GET /v1/admin/users/{user_id}/audit': { path: () => user('/audit'), statuses: administrators },
  'GET /v1/admin/clients': { path: () => '/v1/admin/clients', statuses: administrators },
  'POST /v1/admin/clients': {
    path: () => '/v1/admin/clients',
    body: () => ({ kind: 'machine', name: 'Job' }),
    statuses: administer(201),
  },
  'GET /v1/admin/clients/{client_id}': { path: () => client(), statuses: administrators },
  'PUT /v1/admin/clients/{client_id}': {
    path: () => client(),
    body: () => ({ kind: 'machine', name: 'Job' }),
    statuses: administrators,
  },
  'POST /v1/admin/clients/{client_id}/secrets': { path: () => client('/secrets'), statuses: administer(201) },
  'DELETE /v1/admin/clients/{client_id}/secrets/{secret_id}': {
    path: () => client(`/secrets/${org}`),
    statuses: administer(404),
  },
  'DELETE /v1/admin/clients/{client_id}': { path: () => client(), statuses: administer(204) },
};

beforeAll(async () => {
  service = await sharedService();
  const newPerson = () => registerAndLogin(service);
  const [owner, stranger, member, admin] = await Promise.all([newPerson(), newPerson(), newPerson(), newPerson()]);
  const [removed, support, about] = await Promise.all([newPerson(), newPerson(), newPerson()]);
  subject = about;
  machine = await newClient(service, 'machine');
  org = await newOrganization(service, owner);
  await newOrganization(service, stranger);
  await join(service, owner, org, member, ['member']);
  await join(service, owner, org, admin, ['admin']);
  await join(service, owner, org, removed, ['admin']);
  const elsewhere = newEmail();
  await invite(service, owner, org, elsewhere, ['member']);
  invitation = await mailedToken(service, elsewhere, 'invitation');
  // The organisation in the token does not count: the token still names it and the role.
  const stale = await refreshed(service, removed, org);
  await service.delete(memberPath(org, removed), undefined, owner.bearer);
  Object.assign(bearers, {
    stranger: stranger.bearer,
    member: member.bearer,
    admin: admin.bearer,
    owner: owner.bearer,
    'platform admin': (await makeAdmin(service, support)).bearer,
    'removed member': stale.bearer,
  } satisfies Partial<typeof bearers>);
});
afterAll(() => service.stop());
beforeEach(() =>
  service.sql(
    `insert into memberships (org_id, user_id, roles, created_at)
    values ($1, $2, '{member}', now())
    on conflict (org_id, user_id) do update set roles = excluded.roles`,
    [org, subject.userId],
  ),
);

it('S38: has a row for each route of organisations and of administration', () => {
  const table = routes.filter(({ path }) => /^\/v1\/(orgs|admin)\b/.test(path));
  expect(Object.keys(matrix).toSorted()).toEqual(table.map(({ method, path }) => `${method} ${path}`).toSorted());
});

describe.each(Object.entries(matrix))('S38, S39: %s', (route, { path, body, statuses }) => {
  it.each(callers.map((caller, index) => [caller, statuses[index]] as const))(
    'answers %s %i',
    async (caller, status) => {
      const [method = ''] = route.split(' ');
      const json = body && JSON.stringify(body());
      const headers = { ...bearers[caller], ...(json ? { 'content-type': 'application/json' } : {}) };
      const answer = await service.send(method, path(), json, headers);
      expect(answer.status).toBe(status);
    },
  );
});

describe('S38: an organisation that does not exist', () => {
  it.each(['0198c0de-0000-7000-8000-000000000000', 'no-uuid', '%00', "'; drop table users; --"])(
    'gets the same answer as a foreign one (%s)',
    async (id) => {
      const { status, body } = await service.get(`/v1/orgs/${id}/members`, bearers.owner);
      expect([status, body.code]).toEqual([404, 'RESOURCE_NOT_FOUND']);
    },
  );
});
