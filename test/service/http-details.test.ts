import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailedToken } from '../support/mailbox.ts';
import { makeAdmin } from '../support/organizations.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
const password = 'correct horse battery staple';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

describe('a pasted token', () => {
  const pasted = (token: string) => ` \t${token}\u00a0\r\n`;

  it('verifies an address, despite the white space around it', async () => {
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password });
    const token = await mailedToken(service, email, 'verify_email');
    expect((await service.post('/v1/auth/verify-email', { token: pasted(token) })).status).toBe(200);
  });

  it('resets a password, by JSON and by the form', async () => {
    const { email } = await registerAndLogin(service);
    const next = 'another horse battery staple';
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    const reset = await service.post('/v1/auth/reset-password', { token: pasted(token), new_password: next });
    expect(reset.status).toBe(200);
    await service.post('/v1/auth/request-password-reset', { email });
    const second = await mailedToken(service, email, 'reset_password');
    const fields = new URLSearchParams({ token: pasted(second), new_password: password });
    expect((await service.send('POST', '/reset-password', fields.toString(), form)).status).toBe(200);
    expect((await service.post('/v1/auth/login', { email, password })).status).toBe(200);
  });

  it('refreshes, can be introspected and revoked, and ends a session', async () => {
    const { refreshToken, loginAgain } = await registerAndLogin(service);
    const refreshed = await service.post('/v1/auth/refresh', { refresh_token: pasted(refreshToken) });
    expect(refreshed.status).toBe(200);
    const token = pasted(refreshed.body.refresh_token);
    const introspected = await service.post('/v1/auth/introspect', { token }, service.iamHeaders);
    expect(introspected.body.active).toBe(true);
    await service.send('POST', '/v1/auth/revoke', new URLSearchParams({ token }).toString(), form);
    expect((await service.post('/v1/auth/refresh', { refresh_token: token })).status).toBe(401);
    const other = await loginAgain();
    await service.post('/v1/auth/logout', { refresh_token: pasted(other.refreshToken) });
    expect((await service.post('/v1/auth/refresh', { refresh_token: other.refreshToken })).status).toBe(401);
  });
});

describe('Accept-Language', () => {
  const language = async (header: string) =>
    /<html lang="(\w+)"/.exec((await service.get('/verify-email?token=x', { 'accept-language': header })).body)?.[1];

  it.each([
    ['sv', 'sv'],
    ['en;q=0.5, sv', 'sv'],
    ['en;Q=0.5, sv;Q=0.8', 'sv'],
    ['sv;Q=0, en', 'en'],
    ['sv-SE-u-co-standard, en;q=0.9', 'sv'],
    ['sv ; q=0.9 , en ; q=0.1', 'sv'],
    ['de-DE-u-co-phonebk, sv;q=0.1', 'sv'],
    ['*', 'en'],
    [';;q=,,sv;q=x', 'en'],
  ])('%s is read as %s', async (header, expected) => expect(await language(header)).toBe(expected));
});

describe('methods', () => {
  it('HEAD is GET without a body, if anyone may GET', async () => {
    const head = await service.send('HEAD', '/healthz');
    expect([head.status, head.body]).toEqual([200, '']);
    expect((await service.send('HEAD', '/v1/auth/me')).status).toBe(404);
  });

  it('a method that a path does not have is 404, and changes nothing', async () => {
    // OPTIONS is every path's: cors.test.ts.
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status } = await fetch(`${service.url}/v1/auth/login`, { method });
      expect([method, status]).toEqual([method, 404]);
    }
  });

  it('a body is not read if the route takes none', async () => {
    const { bearer } = await registerAndLogin(service);
    const answer = await service.send('DELETE', '/v1/auth/nothing', '{"', bearer);
    expect(answer.status).toBe(404);
    const listed = await service.send('POST', '/v1/auth/sessions/revoke-all', undefined, bearer);
    expect(listed.status).toBe(200);
  });
});

describe('S30: a repeated parameter', () => {
  it('is refused in a form', async () => {
    const answer = await service.send('POST', '/v1/auth/revoke', 'token=a&token=b', form);
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ pointer: '/token', detail: 'This key comes twice.' }],
    ]);
    const hidden = await service.send('POST', '/v1/auth/revoke', '__proto__=a&token=b', form);
    expect(hidden.status).toBe(400);
  });

  it('is refused in a query', async () => {
    const { bearer } = await makeAdmin(service, await registerAndLogin(service));
    const { email } = await registerAndLogin(service);
    const query = new URLSearchParams([
      ['email', email],
      ['email', newEmail()],
    ]);
    const answer = await service.get(`/v1/admin/users?${query}`, bearer);
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [{ pointer: '/email', detail: 'This key comes twice.' }],
    ]);
    const unknown = await service.get(`/v1/admin/users?email=${encodeURIComponent(email)}&x=1&x=2`, bearer);
    expect(unknown.status).toBe(200);
  });
});
