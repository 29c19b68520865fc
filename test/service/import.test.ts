/** `npm run users -- import` against a running service, as an operator runs it. */
import { execFile } from 'node:child_process';
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { argon2i, bcrypt } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repoRoot } from '../../lib/bundle.ts';
import { deliverMail, mailedToken, mailTo } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';

let service: Service;
let directory: string;
beforeAll(async () => {
  service = await startService();
  directory = await mkdtemp(join(tmpdir(), 'import-'));
});
afterAll(async () => {
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

const password = 'correct horse battery staple';
const salt = Buffer.from('0123456789abcdef');
const login = (email: string, given = password) => service.post('/v1/auth/login', { email, password: given });

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function importLines(lines: readonly (object | string)[], ...more: string[]): Promise<Run> {
  const file = join(directory, 'users.jsonl');
  await writeFile(file, lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  return runImport(file, ...more);
}

async function runImport(file: string, ...more: string[]): Promise<Run> {
  const env = { ...process.env, AWS_ENDPOINT_URL: service.awsUrl, DATABASE_NAME: service.database.name };
  const args = [join(repoRoot, 'bin/users.ts'), 'import', file, ...more];
  return promisify(execFile)(process.execPath, args, { env }).then(
    (run) => ({ code: 0, ...run }),
    (error) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

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

  it.each(hashes)('with %s logs in with its password, and has a hash of ours from then on', async (_, hash) => {
    const email = newEmail();
    expect(await importLines([{ email, password_hash: await hash() }])).toMatchObject({ code: 0, stderr: '' });
    expect((await login(email, `${password}.`)).status).toBe(401);
    expect((await login(email)).status).toBe(200);
    const [row] = await service.sql('select password_hash from users where email_key = $1', [email]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await login(email)).status).toBe(200);
  });

  it('S69: with more password than bcrypt looked at keeps the hash that tells no more of it', async () => {
    const email = newEmail();
    const seen = 'a long password, of which bcrypt has looked at seventy-two bytes, no more';
    const password_hash = await bcrypt({ password: seen.slice(0, 72), salt, costFactor: 4, outputType: 'encoded' });
    await importLines([{ email, password_hash }]);
    const attempts = [`${seen.slice(0, 72)}of another end`, `${seen.slice(0, 72)} than that`, seen.slice(0, 72)];
    for (const given of attempts) expect((await login(email, given)).status).toBe(200);
    expect((await login(email, seen.slice(0, 71))).status).toBe(401);
  });

  it('S69: with a password that was hashed as NFD logs in by the NFC of another keyboard, before and after', async () => {
    const email = newEmail();
    const typed = 'Ångström på sjön';
    const password_hash = await bcrypt({
      password: typed.normalize('NFD'),
      salt,
      costFactor: 4,
      outputType: 'encoded',
    });
    await importLines([{ email, password_hash }]);
    for (const form of ['NFC', 'NFC', 'NFD']) expect((await login(email, typed.normalize(form))).status).toBe(200);
    const [row] = await service.sql('select password_hash from users where email_key = $1', [email]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('without a password is let in by no password, and by a reset link', async () => {
    const email = newEmail();
    await importLines([{ email }]);
    for (const given of [password, '!']) expect((await login(email, given)).status).toBe(401);
    await service.post('/v1/auth/request-password-reset', { email });
    const token = await mailedToken(service, email, 'reset_password');
    expect((await service.post('/v1/auth/reset-password', { token, new_password: password })).status).toBe(200);
    expect((await login(email)).status).toBe(200);
  });

  it('is what the line says', async () => {
    const email = newEmail();
    const user_id = '0193a5b0-7c1e-7000-8000-000000000001';
    const person_name = { first_name: 'Maria', last_name: 'Lind', legal_full_name: 'Maria Elisabeth Lind' };
    const registered_at = '2019-05-04T10:00:00+02:00';
    const password_hash = await bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' });
    await importLines([
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

  it('is told to nobody, unless it is to be announced', async () => {
    const [quiet, announced] = [newEmail(), newEmail()];
    await importLines([{ email: quiet }]);
    await importLines([{ email: announced, registered_at: '2020-01-01T00:00:00Z' }], '--announce');
    await deliverMail(service);
    const events = await service.outbox('huleedu.identity.user.registered.v1');
    expect(events.map(({ email }) => email)).toEqual([announced]);
    expect(events[0]).toMatchObject({ registered_at: '2020-01-01T00:00:00.000Z' });
    expect(mailTo(service, quiet)).toEqual([]);
  });
});

describe('the import', () => {
  it('tells what it cannot take line by line, quotes nothing, and takes the rest', async () => {
    const [good, other] = [newEmail(), newEmail()];
    const user_id = '0193a5b0-7c1e-7000-8000-000000000002';
    const run = await importLines([
      { email: good, user_id },
      { email: 'nobody', locale: 'no language' },
      '{"email":',
      { email: newEmail(), password_hash: 'hunter2hunter2' },
      { email: newEmail(), user_id },
      { email: other },
      { email: newEmail(), password_hash: '$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ' },
      { email: newEmail(), password_hash: `$pbkdf2-sha512$9999999$c2FsdA$${'A'.repeat(86)}` },
    ]);
    expect(run.code).toBe(1);
    expect(run.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^line 2: email: .+; locale: .+$/),
      expect.stringMatching(/^line 3: .+JSON/),
      expect.stringMatching(/^line 4: password_hash: .+$/),
      'line 5: user_id: another account has it',
      expect.stringMatching(/^line 7: password_hash: .+$/),
      expect.stringMatching(/^line 8: password_hash: .+$/),
    ]);
    expect(run.stderr).not.toContain('hunter2');
    expect(run.stdout).toMatch(/^8 lines: 2 created, 0 there already, 6 refused; correlation [0-9a-f-]{36}\n$/);
  });

  it('run again leaves what is there as it is', async () => {
    const email = newEmail();
    await importLines([{ email, display_name: 'first' }]);
    const again = await importLines([{ email: email.toUpperCase(), display_name: 'second' }, { email: newEmail() }]);
    expect(again.stdout).toContain('2 lines: 1 created, 1 there already, 0 refused');
    expect(await service.sql('select display_name from users where email_key = $1', [email])).toEqual([
      { display_name: 'first' },
    ]);
  });

  it('says in one line that a file is not there, and how it is called', async () => {
    expect(await runImport('/nowhere/users.jsonl')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^ENOENT.*\n$/),
    });
  });

  it('takes ten thousand accounts', async () => {
    const hash = await bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' });
    const emails = Array.from({ length: 10_000 }, newEmail);
    const run = await importLines(emails.map((email) => ({ email, password_hash: hash })));
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('5000 lines: 5000 created');
    expect(run.stdout).toContain('10000 lines: 10000 created, 0 there already, 0 refused');
    expect((await login(emails[9_999] ?? '')).status).toBe(200);
  });
});
