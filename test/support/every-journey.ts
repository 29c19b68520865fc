/** A journey through each statement of the service, for tests of what these statements do. */
import { expect } from 'vitest';
import { MAIL_REQUESTED, notice, putEvent } from './bus.ts';
import { newClient } from './clients.ts';
import { browserOf, letIn, newDevice, newTool, poll, typeCode } from './devices.ts';
import { factorJourney } from './factor-journey.ts';
import { exchange, formTo, newCode, refresh } from './grants.ts';
import { simulated } from './mail-feedback.ts';
import { mailedCode, mailedToken, mailTo } from './mailbox.ts';
import { askByMail, giveCode, otherThan, signInByMail } from './mailed-logins.ts';
import { authorizeQuery, consented, signedInBrowser } from './oauth.ts';
import { accept, invite, join, makeAdmin, memberPath, newOrganization, refreshed } from './organizations.ts';
import { visitor } from './page-visitor.ts';
import { newEmail, type Person, registerAndLogin } from './people.ts';
import type { Answer, Service } from './service.ts';

/** Each route and job that has a statement, and each refusal that uses another statement. */
export async function everyJourney(service: Service): Promise<void> {
  const person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const admin = await makeAdmin(service, await registerAndLogin(service));
  await sessions(service, person);
  await links(service, person);
  await mailedLogins(service);
  await organizations(service, admin);
  await administration(service, admin, person);
  await clients(service, admin);
  await ownRegistration(service);
  await authorization(service);
  await grants(service);
  await factorJourney(service);
  await mailOfAnotherService(service);
  await service.runJob('relay-outbox', { drain: true });
  await service.runJob('sweep', {});
  await exportedDay(service);
}

/** What an administrator does to clients. */
async function clients(service: Service, { bearer }: Person): Promise<void> {
  const path = '/v1/admin/clients';
  const given = { kind: 'machine', name: 'Job' };
  await expectStatus(200, service.get(`${path}?limit=10`, bearer));
  const { body } = await expectStatus(201, service.post(path, given, bearer));
  const own = `${path}/${body.client_id}`;
  await expectStatus(200, service.get(`${path}?limit=10&cursor=${body.client_id}`, bearer));
  await expectStatus(200, service.put(own, { ...given, name: 'Other' }, bearer));
  await expectStatus(201, service.post(`${own}/secrets`, undefined, bearer));
  await expectStatus(204, service.delete(`${own}/secrets/${body.secrets[0].secret_id}`, undefined, bearer));
  await expectStatus(204, service.delete(own, undefined, bearer));
}

/** A client that registers itself. */
async function ownRegistration(service: Service): Promise<void> {
  const metadata = { redirect_uris: ['https://agent.example/callback'], token_endpoint_auth_method: 'none' };
  const { body } = await expectStatus(201, service.post('/oauth/register', metadata));
  const own = `/oauth/register/${body.client_id}`;
  const bearer = { authorization: `Bearer ${body.registration_access_token}` };
  await expectStatus(200, service.get(own, bearer));
  await expectStatus(200, service.put(own, { ...metadata, client_id: body.client_id, client_name: 'Agent' }, bearer));
  await expectStatus(204, service.delete(own, undefined, bearer));
}

/** A day of the audit log, when it is over. */
async function exportedDay(service: Service): Promise<void> {
  service.setClockOffset(27 * 60 * 60);
  await service.runJob('export-audit-log', {});
  service.setClockOffset(0);
}

async function expectStatus(status: number, answer: Promise<Answer>): Promise<Answer> {
  const got = await answer;
  expect(got).toMatchObject({ status });
  return got;
}

async function sessions(service: Service, { email, password, refreshToken, loginAgain }: Person): Promise<void> {
  const post = (status: number, path: string, body: object, headers = {}) =>
    expectStatus(status, service.post(`/v1/auth/${path}`, body, headers));
  await post(401, 'login', { email, password: 'a wrong horse battery staple' });
  await post(401, 'login', { email: newEmail(), password });
  const first = await loginAgain({ device_name: 'laptop' });
  const second = await refreshed(service, first);
  await post(200, 'introspect', { token: second.accessToken }, service.iamHeaders);
  await post(200, 'introspect', { token: second.refreshToken }, service.iamHeaders);
  await expectStatus(200, service.get('/v1/auth/sessions', second.bearer));
  await expectStatus(200, service.get('/v1/auth/me', second.bearer));
  await expectStatus(200, service.put('/v1/auth/me', { display_name: 'M' }, second.bearer));
  await expectStatus(200, service.get('/v1/auth/me/export', second.bearer));
  const third = await loginAgain();
  await post(204, 'sessions/revoke', { session_id: third.sessionId }, second.bearer);
  await post(200, 'revoke', { token: refreshToken });
  await post(204, 'logout', { refresh_token: (await loginAgain()).refreshToken });
  await post(200, 'reauthenticate', { password }, second.bearer);
  await post(204, 'change-password', { current_password: password, new_password: password }, second.bearer);
  await post(200, 'sessions/revoke-all', { keep_current: true }, second.bearer);
}

async function authorization(service: Service): Promise<void> {
  const client = await newClient(service, 'public', { first_party: true });
  const person = await registerAndLogin(service);
  const { headers } = await signedInBrowser(service, person);
  const query = authorizeQuery(client);
  await expectStatus(303, service.get(`/oauth/authorize?${query}`, headers));
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const { body } = await expectStatus(201, service.send('POST', '/oauth/par', query, form));
  const pushed = new URLSearchParams({ client_id: client.clientId, request_uri: body.request_uri });
  await expectStatus(303, service.get(`/oauth/authorize?${pushed}`, headers));
  await consent(service, headers);
  await device(service);
  const consentId = await consented(service, person, client);
  await expectStatus(200, service.get('/v1/auth/consents', person.bearer));
  await expectStatus(204, service.delete(`/v1/auth/consents/${consentId}`, undefined, person.bearer));
}

async function device(service: Service): Promise<void> {
  const [person, tool] = [await registerAndLogin(service), await newTool(service)];
  const [asked, other] = [await newDevice(service, tool), await newDevice(service, tool)];
  await expectStatus(400, poll(service, tool, asked));
  const visit = await browserOf(service, person);
  await letIn(visit, asked);
  await expectStatus(200, poll(service, tool, asked));
  await typeCode(visit, other.user_code);
  await expectStatus(303, visit.submit({ cancel: 'true' }));
}

async function consent(service: Service, { cookie }: { readonly cookie: string }): Promise<void> {
  const visit = visitor(service);
  visit.cookies.set('identity', cookie.slice('identity='.length));
  await visit.open(`/oauth/authorize?${authorizeQuery(await newClient(service, 'public'))}`);
  await expectStatus(200, visit.open(visit.location()));
  await expectStatus(303, visit.submit({ allow: 'true' }));
  await expectStatus(303, visit.open(visit.location()));
}

async function grants(service: Service): Promise<void> {
  const person = await registerAndLogin(service);
  const told = { backchannel_logout_uri: 'https://app.example/logout' };
  const client = await newClient(service, 'confidential', { scopes: ['openid', 'email'], ...told });
  await expectStatus(200, exchange(service, client, await newCode(service, person, client)));
  await expectStatus(200, service.post('/v1/auth/sessions/revoke-all', {}, person.bearer));
  // Nobody is there, which is found when it is to be told.
  await service.sql('update clients set backchannel_logout_uri = null where client_id = $1', [client.clientId]);
  const code = await newCode(service, person, client);
  const { body } = await expectStatus(200, exchange(service, client, code));
  const token: string = body.refresh_token;
  await expectStatus(200, refresh(service, client, token));
  await expectStatus(200, service.get('/oauth/userinfo', { authorization: `Bearer ${body.access_token}` }));
  await expectStatus(200, formTo(service, '/oauth/introspect', client, { token }));
  await expectStatus(200, formTo(service, '/oauth/introspect', client, { token: body.access_token }));
  await expectStatus(400, exchange(service, client, code));
  await expectStatus(200, formTo(service, '/oauth/revoke', client, { token }));
}

async function links(service: Service, { userId, email, password }: Person): Promise<void> {
  const post = (path: string, body: object, status: number) =>
    expectStatus(status, service.post(`/v1/auth/${path}`, body));
  await post('register', { email, password }, 201);
  await post('request-email-verification', { email }, 202);
  await post('verify-email', { user_id: userId, code: '000000' }, 400);
  await post('verify-email', { token: await mailedToken(service, email, 'verify_email') }, 200);
  await post('register', { email, password }, 201);
  const other = { email: newEmail(), password, organization_name: 'Södra skolan' };
  await post('register', other, 201);
  const disowned = await mailedToken(service, other.email, 'verify_email');
  await expectStatus(200, service.get(`/verify-email?token=${disowned}`));
  const form = new URLSearchParams({ token: disowned, answer: 'not_mine' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await expectStatus(200, service.send('POST', '/verify-email', form, headers));
  await post('request-password-reset', { email }, 202);
  const token = await mailedToken(service, email, 'reset_password');
  await post('reset-password', { token, new_password: password }, 200);
}

async function mailedLogins(service: Service): Promise<void> {
  const { email } = await registerAndLogin(service);
  const loginId = await askByMail(service, email);
  const code = await mailedCode(service, email);
  await expectStatus(401, giveCode(service, loginId, otherThan(code)));
  // It proves the address, and the next one finds it proved.
  await expectStatus(200, giveCode(service, loginId, code));
  await expectStatus(200, signInByMail(service, email));
}

async function organizations(service: Service, owner: Person): Promise<void> {
  const org = await newOrganization(service, owner);
  const member = await registerAndLogin(service);
  await join(service, owner, org, member, ['member']);
  await expectStatus(200, service.get('/v1/orgs', owner.bearer));
  await expectStatus(200, service.get(`/v1/orgs/${org}/members`, owner.bearer));
  await expectStatus(200, service.put(memberPath(org, member), { roles: ['teacher'] }, owner.bearer));
  await refreshed(service, member, org);
  await expectStatus(204, service.delete(memberPath(org, member), undefined, owner.bearer));
  // Accepted a second time, and by another person.
  await expectStatus(202, invite(service, owner, org, member.email, ['member']));
  const token = await mailedToken(service, member.email, 'invitation');
  expect((await accept(service, owner, token)).status).toBeGreaterThanOrEqual(400);
}

async function mailOfAnotherService(service: Service): Promise<void> {
  // Bounced at once.
  const data = notice(simulated('bounce'), 'notification', { subject: 's', body: 'b' });
  await putEvent(service, { source: 'huleedu.billing', topic: MAIL_REQUESTED, data });
  expect(mailTo(service, data.to)).toHaveLength(1);
}

async function administration(service: Service, admin: Person, { email, userId, password }: Person): Promise<void> {
  const user = `/v1/admin/users/${userId}`;
  await expectStatus(200, service.get(`/v1/admin/users?email=${email}`, admin.bearer));
  await expectStatus(200, service.get(user, admin.bearer));
  await expectStatus(200, service.get(`${user}/audit`, admin.bearer));
  await expectStatus(200, service.get('/.well-known/status-lists/0'));
  for (const action of ['lock', 'unlock', 'revoke-sessions']) {
    const { status } = await service.post(`${user}/${action}`, {}, admin.bearer);
    expect(status).toBeLessThan(300);
  }
  const { access_token } = (await service.post('/v1/auth/login', { email, password })).body;
  const bearer = { authorization: `Bearer ${access_token}` };
  await expectStatus(204, service.delete('/v1/auth/me', { password }, bearer));
}
