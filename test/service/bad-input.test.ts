import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;

beforeAll(async () => {
  service = await sharedService({ corsOrigins: ['https://app.example'] });
});
afterAll(() => service.stop());

const register = (body: object) => service.post('/v1/auth/register', body);
const registerText = (text: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  service.send('POST', '/v1/auth/register', text, headers);
const countUsers = async () => (await service.sql('select count(*) from users'))[0]?.count;
const valid = () => ({ email: newEmail(), password: 'correct horse battery staple' });

describe('S30: a bad body gets a clear 4xx and changes nothing', () => {
  const text = (fields: object) => JSON.stringify({ ...valid(), ...fields });
  const cases: [string, string, string[]][] = [
    ['malformed JSON', '{"email":', ['']],
    ['an empty body', '', ['']],
    ['null', 'null', ['']],
    ['an array', '[]', ['']],
    ['a number for a string', text({ password: 12345678901234 }), ['/password']],
    ['an array for a string', text({ email: ['a@example.com'] }), ['/email']],
    ['an object for a string', text({ email: { $ne: null } }), ['/email']],
    ['a string for an object', text({ person_name: 'Maria Lind' }), ['/person_name']],
    ['every fault at once', '{"email":"no","password":7,"locale":"?"}', ['/email', '/password', '/locale']],
    ['a nested fault', text({ person_name: { first_name: 'Maria' } }), ['/person_name/last_name']],
    ['NUL in a string', text({ organization_name: 'a\0b' }), ['/organization_name']],
    ['half a surrogate pair', `{"email":"a@example.com","password":"\\ud83d at least twelve"}`, ['/password']],
    ['a repeated key', `{"email":"a@example.com","email":"b@example.com","password":"x"}`, ['/email']],
    ['__proto__', `{"__proto__":{"admin":true},"email":"a@example.com"}`, ['/__proto__']],
    ['deep nesting', `{"email":${'['.repeat(5000)}${']'.repeat(5000)}}`, ['']],
    ['an address of 300 bytes', text({ email: `${'a'.repeat(290)}@example.com` }), ['/email']],
    ['a line break in an address', text({ email: 'a@example.com\r\nBcc: b@example.com' }), ['/email']],
    ['a line break in a name', text({ organization_name: 'Skolan\nBcc: x' }), ['/organization_name']],
    ['an address that mail cannot be sent to', text({ email: 'åsa@example.com' }), ['/email']],
    ['an address without a domain', text({ email: 'maria@localhost' }), ['/email']],
    ['an address in brackets', text({ email: '<a@example.com>' }), ['/email']],
    ['a control character in an address', text({ email: 'a\u0001@example.com' }), ['/email']],
    ['a password past all bounds', text({ password: 'x'.repeat(1025) }), ['/password']],
    ['a blank name', text({ organization_name: '   ' }), ['/organization_name']],
  ];

  it.each(cases)('%s', async (_, body, pointers) => {
    const users = await countUsers();
    const answer = await registerText(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'VALIDATION_ERROR', status: 400 });
    expect((answer.body.errors ?? [{ pointer: '' }]).map((fault: { pointer: string }) => fault.pointer)).toEqual(
      pointers,
    );
    expect(await countUsers()).toBe(users);
  });

  it('S66: accepts the 16 KiB that its longest fields need, and not a byte more', async () => {
    const sized = (bytes: number) => {
      const start = JSON.stringify({ ...valid(), filler: '' });
      return start.replace('"filler":""', `"filler":"${'x'.repeat(bytes - start.length)}"`);
    };
    expect((await registerText(sized(16 * 1024))).status).toBe(201);
    const over = await registerText(sized(16 * 1024 + 1));
    expect([over.status, over.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect((await registerText(sized(1_000_000))).status).toBe(413);
  });

  it('S66: names 20 faults of many, and that there are more', async () => {
    const { body } = await registerText(text(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, '\0']))));
    expect([body.code, body.errors.length, body.more_errors]).toEqual(['VALIDATION_ERROR', 20, true]);
  });

  it('reports a missing field as required, and for a wrong type the right one', async () => {
    const { body } = await register({ password: null, person_name: [], locale: 7 });
    expect(body.errors).toEqual([
      { pointer: '/email', detail: 'is required' },
      { pointer: '/password', detail: 'must be a string' },
      { pointer: '/person_name', detail: 'must be an object' },
      { pointer: '/locale', detail: 'must be a string' },
    ]);
    const other = await service.post('/v1/auth/second-factor', { mfa_token: 'x', method: 'sms' });
    expect(other.body.errors).toEqual([{ pointer: '/method', detail: 'must be passkey or totp or recovery or email' }]);
    const nested = await register({ ...valid(), person_name: { first_name: 'Maria' } });
    expect(nested.body.errors).toEqual([{ pointer: '/person_name/last_name', detail: 'is required' }]);
  });

  it('reads null for an optional field as omitted', async () => {
    const account = valid();
    const nothing = { person_name: null, organization_name: null, locale: null };
    const registered = await register({ ...account, ...nothing });
    expect([registered.status, registered.body.org_id]).toEqual([201, null]);
    const login = await service.post('/v1/auth/login', { ...account, device_name: null });
    const bearer = { authorization: `Bearer ${login.body.access_token}` };
    const sessions = await service.get('/v1/auth/sessions', bearer);
    expect(sessions.body.sessions[0].device_name).toBeNull();
    const refreshed = { refresh_token: login.body.refresh_token, org_id: null };
    expect((await service.post('/v1/auth/refresh', refreshed)).status).toBe(200);
    expect((await service.post('/v1/auth/request-email-verification', { email: null }, bearer)).status).toBe(202);
    // Here null clears a field that an account may lack.
    const named = { person_name: { first_name: 'Maria', last_name: 'Lind' }, display_name: 'Maria', locale: 'sv' };
    await service.put('/v1/auth/me', named, bearer);
    const cleared = await service.put('/v1/auth/me', { person_name: null, display_name: null, locale: null }, bearer);
    expect(cleared.body).toMatchObject({ person_name: named.person_name, display_name: null, locale: null });
    expect((await service.post('/v1/auth/sessions/revoke-all', { keep_current: null }, bearer)).status).toBe(200);
  });

  it('accepts a language tag of BCP 47, and stores it as the standard writes it', async () => {
    const person = await registerAndLogin(service, { locale: 'de-de-u-co-phonebk' });
    expect((await service.get('/v1/auth/me', person.bearer)).body.locale).toBe('de-DE-u-co-phonebk');
    for (const [tag, canonical] of Object.entries({
      'sv-se': 'sv-SE',
      'zh-hant-tw': 'zh-Hant-TW',
      'es-419': 'es-419',
    })) {
      expect((await service.put('/v1/auth/me', { locale: tag }, person.bearer)).body.locale).toBe(canonical);
    }
    for (const tag of ['', 'sv_SE', 'sv-', 'de-DE-u', `de-${'a1b2c3d4-'.repeat(9)}x`]) {
      expect((await service.put('/v1/auth/me', { locale: tag }, person.bearer)).status, tag).toBe(400);
    }
  });

  it('ignores fields it does not know', async () => {
    const answer = await register({ ...valid(), is_admin: true, user_id: 'mine' });
    expect(answer.status).toBe(201);
    expect(answer.body.user_id).not.toBe('mine');
  });
});

describe('S31: content types', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'takes %s',
    async (type) => expect((await registerText(JSON.stringify(valid()), { 'content-type': type })).status).toBe(201),
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonp',
    '',
  ])('refuses "%s" with 415', async (type) => {
    const answer = await registerText(JSON.stringify(valid()), { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe('S66: content codings', () => {
  const compressed = (coding: string) => ({ 'content-type': 'application/json', 'content-encoding': coding });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip', 'GZIP'])(
    'refuses %s with 415, and names what it accepts',
    async (coding) => {
      const body = gzipSync(JSON.stringify(valid()));
      const answer = await service.send('POST', '/v1/auth/register', body, compressed(coding));
      expect([answer.status, answer.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
      expect(answer.headers.get('accept-encoding')).toBe('identity');
    },
  );

  it('accepts identity', async () => {
    expect((await registerText(JSON.stringify(valid()), compressed('identity'))).status).toBe(201);
  });
});

describe('headers', () => {
  it('S32: an answer with tokens is not stored, and every answer is safe from sniffing and plain HTTP', async () => {
    const account = valid();
    await register(account);
    for (const answer of [
      await service.post('/v1/auth/login', account),
      await service.post('/v1/auth/login', { ...account, password: 'wrong wrong wrong' }),
      await service.get('/.well-known/jwks.json'),
      await service.get('/healthz'),
    ]) {
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
      if (answer.body.access_token) expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('S33: only the configured origin may call from a browser', async () => {
    const allowed = async (origin: string) =>
      (await service.get('/healthz', { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('https://app.example')).toBe('https://app.example');
    for (const origin of ['https://app.example.evil', 'http://app.example', 'https://APP.example.', 'null']) {
      expect(await allowed(origin)).toBeNull();
    }
  });

  it('S37: a correlation id that is a UUID is kept, any other is replaced', async () => {
    const id = '2f1c0f5e-6f43-4a3c-9d5b-0c8a8d1f3b11';
    const echoed = async (value: string) =>
      (await service.get('/healthz', { 'x-correlation-id': value })).headers.get('x-correlation-id');
    expect(await echoed(id)).toBe(id);
    for (const other of ['1', `${id}x`, 'a b', '<script>']) expect(await echoed(other)).toMatch(/^[0-9a-f-]{36}$/);
    const problem = await service.post('/v1/auth/login', {}, { 'x-correlation-id': id });
    expect(problem.body.correlation_id).toBe(id);
  });
});

it('S34: a problem reveals nothing of how the service is built', async () => {
  const answers = [
    await registerText('{'),
    await service.post('/v1/auth/login', { email: "x' or 1=1--@example.com", password: "'" }),
    await service.get('/v1/auth/me', { authorization: 'Bearer x.y.z' }),
  ];
  service.endpoint.faults.order({
    service: 'rds-data',
    operation: 'ExecuteStatement',
    error: {
      code: 'DatabaseErrorException',
      message: 'ERROR: relation "users" at arn:aws:rds:eu-north-1; SQLState: 42P01',
      status: 400,
    },
  });
  answers.push(await service.post('/v1/auth/login', valid()));
  expect(answers.at(-1)?.status).toBe(500);
  for (const { body } of answers) {
    expect(JSON.stringify(body)).not.toMatch(
      / at .*:\d+|select |insert |\brelation\b|arn:aws|127\.0\.0\.1|localhost|node_modules/i,
    );
  }
});

describe('S36: log lines', () => {
  it('hold no address, password, token or header, and a newline makes no second line', async () => {
    // Of this test alone: other files have the same service, and errors of their own.
    const before = service.logs().length;
    const person = await registerAndLogin(service);
    await register({ ...valid(), organization_name: 'line\none' });
    await service.get('/v1/auth/me', person.bearer);
    await service.post('/v1/auth/login', { email: person.email, password: 'a wrong password' });
    await register({ ...valid(), password: 'short' });
    await service.get('/healthz', { 'user-agent': 'a "quoted" agent' });
    const after = service.logs().slice(before);
    const lines = after.map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
    const all = lines.join('\n');
    for (const secret of [person.email, person.password, 'a wrong password', person.accessToken, person.refreshToken]) {
      expect(all.includes(secret)).toBe(false);
    }
    expect(all).not.toMatch(/authorization|bearer/i);
  });
});
