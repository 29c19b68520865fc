/** Imported accounts of another system. */
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { argon2i, bcrypt } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Imports, importsInto } from '../support/imports.ts';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import { cheapHashForm, type Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let imports: Imports;
beforeAll(async () => {
  service = await sharedService();
  imports = await importsInto(service);
});
afterAll(async () => {
  await service.stop();
  await imports.end();
});

const password = 'correct horse battery staple';
const salt = Buffer.from('0123456789abcdef');
const login = (email: string, given = password) => service.post('/v1/auth/login', { email, password: given });

describe('an imported account', () => {
  const hashes: readonly [string, () => string | Promise<string>][] = [
    ['bcrypt', () => bcrypt({ password, salt, costFactor: 10, outputType: 'encoded' })],
    [
      'PBKDF2',
      () =>
        `$pbkdf2-sha512$i=30000$${salt.toString('base64')}$${pbkdf2Sync(password, salt, 30_000, 64, 'sha512').toString('base64')}`,
    ],
    [
      'scrypt',
      () =>
        `$scrypt$ln=14,r=8,p=1$${salt.toString('base64').replace(/=+$/, '')}$${scryptSync(password, salt, 32).toString('base64').replace(/=+$/, '')}`,
    ],
    [
      'Argon2i',
      () =>
        argon2i({
          password,
          salt,
          memorySize: 4096,
          iterations: 3,
          parallelism: 1,
          hashLength: 32,
          outputType: 'encoded',
        }),
    ],
  ];

  it.each(hashes)('with %s can log in with its password, and then has a hash of ours', async (_, hash) => {
    const email = newEmail();
    expect(await imports.lines([{ email, password_hash: await hash() }])).toMatchObject({ code: 0, error: '' });
    expect((await login(email, `${password}.`)).status).toBe(401);
    expect((await login(email)).status).toBe(200);
    const [row] = await service.sql('select password_hash from users where email_key = $1', [email]);
    expect(row?.password_hash).toContain(cheapHashForm);
    expect((await login(email)).status).toBe(200);
  });

  it('S69: with a password longer than bcrypt’s limit keeps its hash, which covers no more of it', async () => {
    const email = newEmail();
    const seen = 'a long password, of which bcrypt has looked at seventy-two bytes, no more';
    const password_hash = await bcrypt({ password: seen.slice(0, 72), salt, costFactor: 4, outputType: 'encoded' });
    await imports.lines([{ email, password_hash }]);
    const attempts = [`${seen.slice(0, 72)}of another end`, `${seen.slice(0, 72)} than that`, seen.slice(0, 72)];
    for (const given of attempts) expect((await login(email, given)).status).toBe(200);
    expect((await login(email, seen.slice(0, 71))).status).toBe(401);
  });

  it('S69: with a password that was hashed as NFD logs in with another keyboard’s NFC, before and after', async () => {
    const email = newEmail();
    const typed = 'Ångström på sjön';
    const password_hash = await bcrypt({
      password: typed.normalize('NFD'),
      salt,
      costFactor: 4,
      outputType: 'encoded',
    });
    await imports.lines([{ email, password_hash }]);
    for (const form of ['NFC', 'NFC', 'NFD']) expect((await login(email, typed.normalize(form))).status).toBe(200);
    const [row] = await service.sql('select password_hash from users where email_key = $1', [email]);
    expect(row?.password_hash).toContain(cheapHashForm);
  });

  it('without a password cannot log in with any password, but can use a reset link', async () => {
    const email = newEmail();
    await imports.lines([{ email }]);
    for (const given of [password, '!']) expect((await login(email, given)).status).toBe(401);
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    expect((await service.post('/v1/auth/reset-password', { token, new_password: password })).status).toBe(200);
    expect((await login(email)).status).toBe(200);
  });

  it('has the values of its line', async () => {
    const email = newEmail();
    const user_id = '0193a5b0-7c1e-7000-8000-000000000001';
    const person_name = { first_name: 'Maria', last_name: 'Lind', legal_full_name: 'Maria Elisabeth Lind' };
    const registered_at = '2019-05-04T10:00:00+02:00';
    const password_hash = await bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' });
    await imports.lines([
      {
        email,
        user_id,
        email_verified: true,
        person_name,
        display_name: 'Maja',
        locale: 'sv-SE',
        registered_at,
        password_hash,
      },
    ]);
    const { access_token } = (await login(email)).body;
    const me = await service.get('/v1/auth/me', { authorization: `Bearer ${access_token}` });
    expect(me.body).toMatchObject({
      user_id,
      email,
      email_verified: true,
      person_name,
      display_name: 'Maja',
      locale: 'sv-SE',
      registered_at: '2019-05-04T08:00:00.000Z',
    });
  });

  it('is not announced, unless the operator asks for it', async () => {
    const [quiet, announced] = [newEmail(), newEmail()];
    await imports.lines([{ email: quiet }]);
    await imports.lines([{ email: announced, registered_at: '2020-01-01T00:00:00Z' }], '--announce');
    await deliverMail(service);
    const events = await service.outbox('huleedu.identity.user.registered.v1');
    expect(events.map(({ email }) => email)).toEqual([announced]);
    expect(events[0]).toMatchObject({ registered_at: '2020-01-01T00:00:00.000Z' });
    expect(mailTo(service, quiet)).toEqual([]);
  });
});
