import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkIn, mailedToken, newestMail } from '../support/mailbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({
    settings: { mail: { brandName: 'Oak & <Elm>' }, linkBaseUrl: 'https://school.example/id' },
  });
});
afterAll(() => service?.stop());

const newPassword = 'a much newer horse battery staple';
const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  service.send('POST', path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
const tokens = async (email: string) => {
  await service.post('/v1/auth/request-password-reset', { email });
  return {
    verification: await mailedToken(service, email, 'verify_email'),
    reset: await mailedToken(service, email, 'reset_password'),
  };
};

describe.each(['/verify-email', '/reset-password'])('GET %s', (path) => {
  it('is a page whose policy loads nothing and sends nothing elsewhere', async () => {
    const { status, headers, body } = await service.get(`${path}?token=abc`);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src (\S+\/assets\/[0-9a-f]{20}\.css); img-src (\S+\/assets\/[0-9a-f]{20}\.svg); (script-src 'sha256-[A-Za-z0-9+/=]{44}'; )?form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(body).not.toMatch(/<script[^>]|\son\w+=|\sstyle=|javascript:/i);
    const script = /<script>(.*?)<\/script>/s.exec(body)?.[1];
    const allowed = /script-src '(\S+)'/.exec(headers.get('content-security-policy') ?? '')?.[1];
    expect(allowed).toBe(script && `sha256-${createHash('sha256').update(script).digest('base64')}`);
  });

  it('shows the parameters of its URL as text, not as markup', async () => {
    const hostile = `"><script>alert('1')</script>`;
    const { body } = await service.get(
      `${path}?token=${encodeURIComponent(hostile)}&lang=${encodeURIComponent(hostile)}`,
    );
    expect(body).not.toContain('<script>alert');
    expect(body).toContain('&gt;&lt;script&gt;alert(&#39;1&#39;)');
    expect(body).toContain('Oak &amp; &lt;Elm&gt;');
  });

  it.each([
    ['', 'sv-SE,sv;q=0.9', 'sv'],
    ['&lang=sv', 'en', 'sv'],
    ['&lang=en', 'sv', 'en'],
    ['', 'de', 'en'],
  ])('is in the mail’s language (%s), else the browser’s (%s): %s', async (query, accepted, language) => {
    const { body } = await service.get(`${path}?token=abc${query}`, { 'accept-language': accepted });
    expect(body).toContain(`<html lang="${language}">`);
  });

  it('needs neither a token nor the database', async () => {
    expect(await service.callsDuring(() => service.get(path))).toEqual({});
    expect((await service.get(path)).status).toBe(200);
  });
});

describe('the links', () => {
  it('S29: lead to the base URL of the settings, under its path', async () => {
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password: newPassword });
    const { origin, pathname } = linkIn(await newestMail(service, email, 'verify_email'));
    expect(`${origin}${pathname}`).toBe('https://school.example/id/verify-email');
  });

  it('S29: lead back to it from the page, by a URL relative to the page', async () => {
    const { body } = await service.get('/verify-email?token=abc');
    expect(body).toContain('action="verify-email"');
  });
});

describe('the forms', () => {
  it('verify an address, while opening the page any number of times does not', async () => {
    const person = await registerAndLogin(service);
    const { verification: token } = await tokens(person.email);
    for (const _ of [1, 2, 3]) await service.get(`/verify-email?token=${token}`);
    expect((await service.get('/v1/auth/me', person.bearer)).body.email_verified).toBe(false);

    const done = await send('/verify-email', { token, lang: 'sv' });
    expect([done.status, done.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(done.body).toContain('Din adress är bekräftad');
    expect((await service.get('/v1/auth/me', person.bearer)).body.email_verified).toBe(true);

    const again = await send('/verify-email', { token, lang: 'en' });
    expect(again.status).toBe(200);
    expect(again.body).toContain('Your address is confirmed already');
  });

  it('set a new password; after a refusal the person can try again', async () => {
    const person = await registerAndLogin(service);
    const { reset: token } = await tokens(person.email);
    const refused = await send('/reset-password', { token, new_password: 'short' });
    expect(refused.status).toBe(422);
    expect(refused.body).toMatch(/id="new_password-error">.*That password is too short: use at least 12 characters/);
    expect(refused.body).toContain('<title>Error: Choose a new password');
    expect(refused.body).toContain(`readonly value="${person.email}"`);
    expect(refused.body).toContain(`value="${token}"`);
    expect(refused.body).not.toContain('value="short"');

    const done = await send('/reset-password', { token, new_password: newPassword });
    expect(done.status).toBe(200);
    expect(done.body).toContain('Your password is changed');
    const login = { email: person.email, password: newPassword };
    expect((await service.post('/v1/auth/login', login)).status).toBe(200);
  });

  it('say that a link no longer works', async () => {
    const { email } = await registerAndLogin(service);
    const { verification, reset } = await tokens(email);
    service.setClockOffset(24 * 60 * 60 + 1);
    try {
      const fields = { new_password: newPassword, lang: 'en' };
      for (const [path, token] of [
        ['/verify-email', verification],
        ['/reset-password', reset],
      ] as const) {
        const { status, body } = await send(path, { token, ...fields });
        expect([status, body.includes('The link has expired')]).toEqual([400, true]);
      }
    } finally {
      service.setClockOffset(0);
    }
  });

  it.each(['/verify-email', '/reset-password'])('answer nonsense at %s with a page, never a fault', async (path) => {
    for (const fields of [{}, { token: '' }, { token: 'abc' }, { token: '\u0000' }, { lang: '"><script>' }]) {
      const { status, body } = await send(path, fields as Record<string, string>);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body).not.toContain('"><script>');
    }
  });

  const formType = 'application/x-www-form-urlencoded';
  it.each([
    ['JSON', 415, '{"token":"abc"}', { 'content-type': 'application/json' }],
    ['another charset', 415, 'token=abc', { 'content-type': `${formType};charset=utf-16` }],
    ['a content coding', 415, 'token=abc', { 'content-type': formType, 'content-encoding': 'gzip' }],
    ['a body that is too long', 413, `token=${'x'.repeat(17_000)}`, { 'content-type': formType }],
    ['bytes that are not UTF-8', 400, Buffer.from('token=\xff', 'latin1'), { 'content-type': formType }],
    ['a field twice', 400, 'token=a&token=b', { 'content-type': formType }],
    ['U+0000', 400, 'token=%00', { 'content-type': formType }],
    ['a field that is too long', 400, `token=${'x'.repeat(9000)}`, { 'content-type': formType }],
  ])('answer %s with a page, in the language of the reader: %i', async (_, status, sent, headers) => {
    for (const path of ['/verify-email', '/reset-password']) {
      const refused = await service.send('POST', path, sent, { 'accept-language': 'sv', ...headers });
      expect([refused.status, refused.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
      expect(refused.body).toContain('Det som skickades är inte helt');
      expect(refused.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src /);
    }
  });

  it.each([
    ['x', 'Lösenordet är för kort: använd minst 12 tecken.'],
    ['x'.repeat(257), 'Lösenordet är för långt: använd högst 256 tecken.'],
    ['password1234', 'Lösenordet är ett av de vanligaste'],
    ['huleeduhuleedu', 'Lösenordet är tjänstens namn'],
  ])('name the rule that a password breaks, in the language of the page: %s', async (new_password, reason) => {
    const { email } = await registerAndLogin(service);
    const { reset: token } = await tokens(email);
    const { status, body } = await send('/reset-password', { token, new_password, lang: 'sv' });
    expect(status).toBe(422);
    expect(body).toContain(reason);
    const own = await send('/reset-password', { token, new_password: email, lang: 'sv' });
    expect(own.body).toContain('Lösenordet är din adress');
  });

  it('answer with a page while the database is unreachable', async () => {
    const { email } = await registerAndLogin(service);
    const { verification: token } = await tokens(email);
    service.endpoint.faults.order({
      service: 'rds-data',
      operation: 'ExecuteStatement',
      error: { code: 'BadRequestException' },
    });
    const failed = await send('/verify-email', { token, lang: 'en' });
    expect(failed.status).toBe(500);
    expect(failed.body).toContain('That did not work');
    expect((await send('/verify-email', { token })).status).toBe(200);
  });

  it.each([
    ['/verify-email', 'verification'],
    ['/reset-password', 'reset'],
  ] as const)('open %s with a page that is tried again when the database is away', async (path, purpose) => {
    const { email } = await registerAndLogin(service);
    const token = (await tokens(email))[purpose];
    service.endpoint.faults.order({
      service: 'rds-data',
      operation: 'ExecuteStatement',
      error: { code: 'BadRequestException' },
    });
    const failed = await service.get(`${path}?token=${token}&lang=sv`);
    expect([failed.status, failed.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8']);
    expect(failed.body).toContain('<a class="button" href="" id="again">Försök igen</a>');
    expect((await service.get(`${path}?token=${token}`)).status).toBe(200);
  });
});

describe('the local mailbox', () => {
  it('is a page that shows the mails as their readers see them', async () => {
    const email = newEmail();
    await service.post('/v1/auth/register', { email, password: newPassword });
    await mailedToken(service, email, 'verify_email');
    const response = await fetch(`${service.awsUrl}/_local/mailbox`);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toContain(email);
    expect(page).toContain('srcdoc="&lt;!doctype html&gt;');
  });
});
