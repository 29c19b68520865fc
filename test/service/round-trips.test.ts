/** Round trips are the design's currency (functions/README.md): what each route may spend. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../../lib/service/routes.ts';
import { clientBudgets } from '../support/client-budgets.ts';
import { factorBudgets } from '../support/factor-budgets.ts';
import { mailedToken } from '../support/mailbox.ts';
import { provedPerson } from '../support/mailed-logins.ts';
import { oauthBudgets } from '../support/oauth-budgets.ts';
import { accept, invite, join, makeAdmin, memberPath, newOrganization } from '../support/organizations.ts';
import { pageBudgets, type Row } from '../support/page-budgets.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import { pricesOfGrants, pricesOfOtherGrants } from '../support/prices-of-grants.ts';
import { type Answer, type Service, startService } from '../support/service.ts';

let service: Service;
/** The caller; holds every role. */
let person: Person;
/** The person whom the requests are about. */
let other: Person;
let org: string;

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const formOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const newPerson = () => registerAndLogin(service);
const newPassword = 'another horse battery staple';
const auth = (path: string) => `/v1/auth/${path}`;

async function resetToken(): Promise<string> {
  const { email } = await newPerson();
  await service.post(auth('request-password-reset'), { email });
  return mailedToken(service, email, 'reset_password');
}
const verificationToken = async () => mailedToken(service, (await newPerson()).email, 'verify_email');
async function memberOf(): Promise<Person> {
  const member = await newPerson();
  await join(service, person, org, member, ['member']);
  return member;
}
async function invited() {
  const guest = await newPerson();
  await invite(service, person, org, guest.email, ['member']);
  return { guest, token: await mailedToken(service, guest.email, 'invitation') };
}
const user = (action = '') => `/v1/admin/users/${other.userId}${action}`;
const get =
  (path: string): Row['request'] =>
  () =>
    service.get(path, person.bearer);

const budgets: Readonly<Record<string, Row>> = {
  ...pageBudgets(() => service),
  ...factorBudgets(() => service),
  ...oauthBudgets(() => ({ service, person })),
  'POST /v1/auth/register': {
    database: 2,
    request: () => service.post(auth('register'), { email: newEmail(), password: newPassword }),
  },
  'POST /v1/auth/login': {
    database: 2,
    signatures: 1,
    request: () => service.post(auth('login'), { email: other.email, password: other.password }),
  },
  'POST /v1/auth/email-code': { database: 1, request: () => service.post(auth('email-code'), { email: other.email }) },
  'POST /v1/auth/refresh': {
    database: 1,
    signatures: 1,
    given: newPerson,
    request: ({ refreshToken }: Person) => service.post(auth('refresh'), { refresh_token: refreshToken }),
  },
  'POST /v1/auth/logout': {
    database: 1,
    given: newPerson,
    request: ({ refreshToken }: Person) => service.post(auth('logout'), { refresh_token: refreshToken }),
  },
  'POST /v1/auth/introspect': {
    database: 1,
    request: () => service.post(auth('introspect'), { token: other.accessToken }, service.iamHeaders),
  },
  'POST /v1/auth/revoke': {
    database: 1,
    given: newPerson,
    request: ({ refreshToken }: Person) => service.post(auth('revoke'), { token: refreshToken }),
  },
  'POST /v1/auth/request-email-verification': {
    database: 1,
    request: () => service.post(auth('request-email-verification'), { email: other.email }),
  },
  'POST /v1/auth/verify-email': {
    database: 1,
    given: verificationToken,
    request: (token) => service.post(auth('verify-email'), { token }),
  },
  'POST /v1/auth/request-password-reset': {
    database: 1,
    request: () => service.post(auth('request-password-reset'), { email: other.email }),
  },
  'POST /v1/auth/reset-password': {
    database: 2,
    given: resetToken,
    request: (token) => service.post(auth('reset-password'), { token, new_password: newPassword }),
  },
  'POST /v1/auth/change-password': {
    database: 2,
    given: newPerson,
    request: ({ bearer, password }: Person) =>
      service.post(auth('change-password'), { current_password: password, new_password: newPassword }, bearer),
  },
  'POST /v1/auth/reauthenticate': {
    database: 2,
    signatures: 1,
    request: () => service.post(auth('reauthenticate'), { password: other.password }, other.bearer),
  },
  'GET /v1/auth/sessions': { database: 1, request: get('/v1/auth/sessions') },
  'POST /v1/auth/sessions/revoke': {
    database: 1,
    given: newPerson,
    request: ({ bearer, sessionId }: Person) =>
      service.post(auth('sessions/revoke'), { session_id: sessionId }, bearer),
  },
  'POST /v1/auth/sessions/revoke-all': {
    database: 1,
    given: newPerson,
    request: ({ bearer }: Person) => service.post(auth('sessions/revoke-all'), {}, bearer),
  },
  'GET /v1/auth/me': { database: 1, request: get('/v1/auth/me') },
  'PUT /v1/auth/me': { database: 1, request: () => service.put('/v1/auth/me', { locale: 'sv' }, person.bearer) },
  'DELETE /v1/auth/me': {
    database: 2,
    given: newPerson,
    request: ({ bearer, password }: Person) => service.delete('/v1/auth/me', { password }, bearer),
  },
  'GET /v1/auth/me/export': { database: 1, request: get('/v1/auth/me/export') },
  'POST /v1/orgs': { database: 1, request: () => service.post('/v1/orgs', { name: 'Elm School' }, person.bearer) },
  'GET /v1/orgs': { database: 1, request: get('/v1/orgs') },
  'GET /v1/orgs/{org_id}/members': {
    database: 1,
    request: () => service.get(`/v1/orgs/${org}/members`, person.bearer),
  },
  'GET /v1/orgs/{org_id}/policy': {
    database: 1,
    request: () => service.get(`/v1/orgs/${org}/policy`, person.bearer),
  },
  'PUT /v1/orgs/{org_id}/policy': {
    database: 1,
    request: () => service.put(`/v1/orgs/${org}/policy`, { shared_devices: false }, person.bearer),
  },
  'PUT /v1/orgs/{org_id}/members/{user_id}': {
    database: 1,
    given: memberOf,
    request: (member: Person) => service.put(memberPath(org, member), { roles: ['teacher'] }, person.bearer),
  },
  'DELETE /v1/orgs/{org_id}/members/{user_id}': {
    database: 1,
    given: memberOf,
    request: (member: Person) => service.delete(memberPath(org, member), undefined, person.bearer),
  },
  'POST /v1/orgs/{org_id}/invitations': {
    database: 1,
    request: () => invite(service, person, org, newEmail(), ['member']),
  },
  'POST /v1/orgs/invitations/accept': {
    database: 1,
    given: invited,
    request: ({ guest, token }) => accept(service, guest, token),
  },
  'GET /v1/admin/users': {
    database: 1,
    request: () => service.get(`/v1/admin/users?email=${other.email}`, person.bearer),
  },
  'GET /v1/admin/users/{user_id}': { database: 1, request: () => service.get(user(), person.bearer) },
  'POST /v1/admin/users/{user_id}/revoke-sessions': {
    database: 1,
    request: () => service.post(user('/revoke-sessions'), undefined, person.bearer),
  },
  'POST /v1/admin/users/{user_id}/factors/reset': {
    database: 1,
    given: () => provedPerson(service),
    request: ({ userId }: Person) =>
      service.post(`/v1/admin/users/${userId}/factors/reset`, { reason: 'lost' }, person.bearer),
  },
  'POST /v1/admin/users/{user_id}/lock': {
    database: 1,
    request: () => service.post(user('/lock'), {}, person.bearer),
  },
  // The address's lock is stored under a keyed hash of the address, so the address is read first.
  'POST /v1/admin/users/{user_id}/unlock': {
    database: 2,
    request: () => service.post(user('/unlock'), undefined, person.bearer),
  },
  'GET /v1/admin/users/{user_id}/audit': { database: 1, request: () => service.get(user('/audit'), person.bearer) },
  ...clientBudgets(() => ({ service, person })),
  ...pricesOfGrants(() => service),
  'GET /verify-email': { database: 0, request: () => service.get('/verify-email?token=x') },
  'POST /verify-email': {
    database: 1,
    given: verificationToken,
    request: (token) => service.send('POST', '/verify-email', formOf({ token }), form),
  },
  'GET /reset-password': { database: 0, request: () => service.get('/reset-password?token=x') },
  'POST /reset-password': {
    database: 2,
    given: resetToken,
    request: (token) => service.send('POST', '/reset-password', formOf({ token, new_password: newPassword }), form),
  },
  'GET /.well-known/jwks.json': { database: 0, request: () => service.get('/.well-known/jwks.json') },
  'GET /.well-known/openid-configuration': {
    database: 0,
    request: () => service.get('/.well-known/openid-configuration'),
  },
  'GET /.well-known/status-lists/{list}': {
    database: 0,
    status: 404,
    request: () => service.get('/.well-known/status-lists/0'),
  },
  'GET /openapi.json': { database: 0, request: () => service.get('/openapi.json') },
  'GET /assets/{file}': { database: 0, request: () => service.get(`/assets/${'0'.repeat(20)}.css`) },
  'GET /healthz': { database: 0, request: () => service.get('/healthz') },
};

beforeAll(async () => {
  // Counting costs its call, too, so it is on, and far from its limits.
  const many = { limit: 10_000, windowSeconds: 3600 };
  const rateLimits = { loginPerIp: many, registerPerIp: many, mailPerAddress: many, tokenGuessPerIp: many };
  const open = { registration: { clients: 'open' }, emailLogin: 'on', mailAsSecondFactor: 'level2' } as const;
  service = await startService({ settings: { rateLimiting: 'on', rateLimits, ...open } });
  person = await makeAdmin(service, await newPerson());
  other = await newPerson();
  org = await newOrganization(service, person);
});
afterAll(() => service.stop());

it('has a row for each route', () => {
  const table = routes.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(budgets).toSorted()).toEqual(table.toSorted());
});

it.each(Object.entries({ ...budgets, ...pricesOfOtherGrants(() => service) }))(
  '%s keeps to its round trips',
  async (_, { database, signatures = 0, status, given, request }) => {
    const something = await given?.();
    let answer: Answer | undefined;
    const calls = await service.callsDuring(async () => {
      answer = await request(something);
    });
    // With 303 an answer leads on.
    expect(answer?.status).toSatisfy((said: number) => (status ? said === status : said < 400));
    expect(calls['rds-data.ExecuteStatement'] ?? 0).toBe(database);
    expect(calls['kms.Sign'] ?? 0).toBe(signatures);
  },
);
