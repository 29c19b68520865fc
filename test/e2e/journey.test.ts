/** A person's way through the service, from registration to erasure; each step continues from the previous one. */
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { eventOf, eventsAreSeen } from './events.ts';
import { mailedToken, mailsAreRead } from './mails.ts';
import { inTime, login, type Person, refresh, register, type Session, sessionOf } from './people.ts';
import { get, post, put, send } from './requests.ts';
import { target, unseen } from './target.ts';

/** Another person. */
let stranger: Session;

// The person logs in at most five times: a minute allows no more (S9).
describe('a person', () => {
  let person: Person;
  let session: Session;
  let orgId: string;

  it('registers', async () => {
    person = await register('journey', { person_name: { first_name: 'Åsa', last_name: 'Öberg' }, locale: 'sv-SE' });
    expect(person.userId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is announced to the platform, by the schedule of the relay', async ({ skip }) => {
    skip(!eventsAreSeen, unseen.events);
    const event = await eventOf('huleedu.identity.user.registered.v1', person.userId);
    expect(event).toMatchObject({ source: 'huleedu.identity', detail: { data: { email: person.email } } });
  });

  it('S26: verifies the address by the link that was mailed, once', async ({ skip }) => {
    skip(!mailsAreRead, unseen.mails);
    const token = await mailedToken(person.email, 'verify-email');
    expect(await post('/v1/auth/verify-email', { token })).toMatchObject({ status: 200 });
    expect(await post('/v1/auth/verify-email', { token })).toMatchObject({ status: 400 });
    if (eventsAreSeen) await eventOf('huleedu.identity.email.verified.v1', person.userId);
  });

  it('S7: cannot log in with another password', async () => {
    const attempt = () => post('/v1/auth/login', { email: person.email, password: 'not their password' });
    const answer = await inTime(attempt);
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
  });

  it('logs in, with a token that any service can verify with the published keys', async () => {
    session = await login(person, 'journey');
    const { body: discovery } = await get('/.well-known/openid-configuration');
    const { body: jwks } = await get(new URL(discovery.jwks_uri).pathname);
    const { payload, protectedHeader } = await jwtVerify(session.accessToken, createLocalJWKSet(jwks), {
      issuer: target.url,
      algorithms: ['RS256'],
      typ: 'at+jwt',
    });
    expect(discovery.issuer).toBe(target.url);
    expect(payload).toMatchObject({ sub: person.userId, sid: session.sessionId, email_verified: mailsAreRead });
    expect(jwks.keys.map(({ kid }: { kid: string }) => kid)).toContain(protectedHeader.kid);
  });

  it('reads and changes their own profile', async () => {
    expect(await get('/v1/auth/me', session.bearer)).toMatchObject({
      status: 200,
      body: { user_id: person.userId, email: person.email, person_name: { first_name: 'Åsa' }, locale: 'sv-SE' },
    });
    const changed = await put('/v1/auth/me', { display_name: 'Åsa Ö' }, session.bearer);
    expect(changed).toMatchObject({ status: 200, body: { display_name: 'Åsa Ö', locale: 'sv-SE' } });
  });

  it('S18: refreshes, and gets the same successor again when the answer was lost', async () => {
    const attempt = () => post('/v1/auth/refresh', { refresh_token: session.refreshToken });
    const [first, again] = [await attempt(), await attempt()];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.refresh_token).toBe(first.body.refresh_token);
    session = sessionOf('refresh', first);
  });

  it('S22: ends another of their sessions, which stops working at once', async () => {
    const other = await login(person, 'another device');
    const { body } = await get('/v1/auth/sessions', session.bearer);
    const ids = body.sessions.map((one: { session_id: string }) => one.session_id);
    expect(ids).toEqual(expect.arrayContaining([session.sessionId, other.sessionId]));
    const revoked = await post('/v1/auth/sessions/revoke', { session_id: other.sessionId }, session.bearer);
    expect(revoked.status).toBe(204);
    const refused = await post('/v1/auth/refresh', { refresh_token: other.refreshToken });
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringMatching(/^Bearer/) } });
  });

  it('creates an organisation, and has its role in the next token for it', async () => {
    const made = await post('/v1/orgs', { name: 'Skolan' }, session.bearer);
    expect(made).toMatchObject({ status: 201, body: { name: 'Skolan', roles: ['owner'] } });
    orgId = made.body.org_id;
    session = await refresh(session, { org_id: orgId });
    const claims = JSON.parse(Buffer.from(session.accessToken.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ org_id: orgId, roles: expect.arrayContaining(['owner']) });
  });

  it('S38: shows nothing of it to a stranger', async () => {
    stranger = await login(await register('stranger'));
    expect((await get(`/v1/orgs/${orgId}/members`, session.bearer)).status).toBe(200);
    expect((await get(`/v1/orgs/${orgId}/members`, stranger.bearer)).status).toBe(404);
  });

  it('S6: changes the password, which ends the other sessions', async () => {
    const other = await login(person);
    const new_password = `${person.password} and more`;
    const change = { current_password: person.password, new_password };
    expect((await post('/v1/auth/change-password', change, session.bearer)).status).toBe(204);
    expect((await post('/v1/auth/refresh', { refresh_token: other.refreshToken })).status).toBe(401);
    person = { ...person, password: new_password };
  });

  it('resets a forgotten password by the link that was mailed', async ({ skip }) => {
    skip(!mailsAreRead, unseen.mails);
    const asked = await post('/v1/auth/request-password-reset', { email: person.email });
    expect(asked.status).toBe(202);
    const token = await mailedToken(person.email, 'reset-password');
    const new_password = `${person.password} again`;
    expect((await post('/v1/auth/reset-password', { token, new_password })).status).toBe(200);
    expect((await post('/v1/auth/refresh', { refresh_token: session.refreshToken })).status).toBe(401);
    person = { ...person, password: new_password };
    session = await login(person);
  });

  it('S53: is erased, and the platform gets an event', async ({ skip }) => {
    const erased = await send('DELETE', '/v1/auth/me', { password: person.password }, session.bearer);
    expect(erased.status).toBe(204);
    expect((await post('/v1/auth/refresh', { refresh_token: session.refreshToken })).status).toBe(401);
    skip(!eventsAreSeen, unseen.events);
    await eventOf('huleedu.identity.account.deleted.v1', person.userId);
  });
});

it('logs out for good', async () => {
  const { refreshToken } = stranger;
  expect((await post('/v1/auth/logout', { refresh_token: refreshToken })).status).toBe(204);
  expect((await post('/v1/auth/refresh', { refresh_token: refreshToken })).status).toBe(401);
});
