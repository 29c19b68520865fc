/** `npm run users -- import` against a running service, as an operator runs it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bcrypt } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Imports, importsInto } from '../support/imports.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
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

describe('the import', () => {
  it('reports refused lines one by one, quotes nothing, and takes the rest', async () => {
    const [good, other] = [newEmail(), newEmail()];
    const user_id = '0193a5b0-7c1e-7000-8000-000000000002';
    const run = await imports.lines([
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
    expect(run.error.trim().split('\n')).toEqual([
      expect.stringMatching(/^line 2: email: .+; locale: .+$/),
      expect.stringMatching(/^line 3: .+JSON/),
      expect.stringMatching(/^line 4: password_hash: .+$/),
      'line 5: user_id: another account has it',
      expect.stringMatching(/^line 7: password_hash: .+$/),
      expect.stringMatching(/^line 8: password_hash: .+$/),
    ]);
    expect(run.error).not.toContain('hunter2');
    expect(run.out).toMatch(/^8 lines: 2 created, 0 there already, 6 refused; correlation [0-9a-f-]{36}\n$/);
  });

  it('leaves existing accounts as they are when it runs again', async () => {
    const email = newEmail();
    await imports.lines([{ email, display_name: 'first' }]);
    const again = await imports.lines([{ email: email.toUpperCase(), display_name: 'second' }, { email: newEmail() }]);
    expect(again.out).toContain('2 lines: 1 created, 1 there already, 0 refused');
    expect(await service.sql('select display_name from users where email_key = $1', [email])).toEqual([
      { display_name: 'first' },
    ]);
  });

  it('reports in one line that a file does not exist, and shows its usage', async () => {
    expect(await imports.file('/nowhere/users.jsonl')).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^ENOENT.*\n$/),
    });
  });

  it('reads files as people have them: a BOM, CRLF, blank lines, other line ends, no last line end', async () => {
    const [first, second, third] = [newEmail(), newEmail(), newEmail()];
    const name = `a\u2028b`;
    const run = await imports.bytes(
      Buffer.from(
        `\ufeff${JSON.stringify({ email: first })}\r\n\r\n   \n{"email":"${second}",\r"locale":null}\n\n{"email":"nobody","display_name":"${name}"}\n{"email":"${third}"}`,
      ),
    );
    expect(run).toMatchObject({ code: 1, error: expect.stringMatching(/^line 6: email: .+; display_name: .+\n$/) });
    expect(run.out).toContain('4 lines: 3 created, 0 there already, 1 refused');
  });

  it('misreads no bytes: Latin-1 is refused with its line, UTF-16 as a whole', async () => {
    const [email, other] = [newEmail(), newEmail()];
    const line = `{"email":"${email}","display_name":"Åsa"}\n`;
    const latin = await imports.bytes(
      Buffer.concat([Buffer.from(line, 'latin1'), Buffer.from(`{"email":"${other}"}\n`)]),
    );
    expect(latin).toMatchObject({ code: 1, error: 'line 1: not UTF-8\n' });
    expect(latin.out).toContain('2 lines: 1 created, 0 there already, 1 refused');
    const utf16 = await imports.bytes(Buffer.from(`\ufeff${line}`, 'utf16le'));
    expect(utf16).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(/^\S+: UTF-16; save it as UTF-8\n$/),
    });
    expect(await service.sql('select from users where email_key = $1', [email])).toEqual([]);
  });

  it('names unknown fields, repeated keys, and a line that is too long', async () => {
    const email = newEmail();
    const run = await imports.lines([
      { email, password_hahs: 'x', 'b\u001b[2J': 1, person_name: { first_name: 'A', last_name: 'B', title: 'C' } },
      `{"email":"${email}","email":"${newEmail()}"}`,
      `{"email":"${email}","__proto__":{}}`,
      `{"email":"${email}","display_name":"${'x'.repeat(100_000)}"}`,
      'null',
      '[]',
    ]);
    expect(run.error.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^line 1: person_name.title: unknown field; password_hahs: unknown field; .+: unknown field$/,
      ),
      expect.stringMatching(/^line 2: .*twice/),
      expect.stringMatching(/^line 3: .+/),
      'line 4: longer than 65536 bytes',
      expect.stringMatching(/^line 5: line: .+/),
      expect.stringMatching(/^line 6: line: .+/),
    ]);
    expect(run.error).not.toContain('\u001b');
    expect(run.out).toContain('6 lines: 0 created, 0 there already, 6 refused');
  });

  it('refuses a registered_at that cannot be with its line, and continues', async () => {
    const impossible = [
      // The year 0; before computers; an offset beyond PostgreSQL's; a future time; a day that does not exist.
      '0000-01-01T00:00:00Z',
      '1969-12-31T23:59:59Z',
      '0099-01-01T00:00:00+16:00',
      '9999-01-01T00:00:00Z',
      '2023-02-29T00:00:00Z',
    ];
    const lines = impossible.map((registered_at) => ({ email: newEmail(), registered_at }));
    const run = await imports.lines([...lines, { email: newEmail() }]);
    expect(run.error.trim().split('\n')).toEqual(
      impossible.map((_, index) => expect.stringMatching(new RegExp(`^line ${index + 1}: registered_at: .+$`))),
    );
    expect(run.out).toContain('6 lines: 1 created, 0 there already, 5 refused');
  });

  it('stores registered_at in UTC, to the millisecond', async () => {
    const times = {
      '2020-01-01T12:00:00+16:00': '2019-12-31T20:00:00.000Z',
      '2020-01-01T00:00:00.123456789-23:59': '2020-01-01T23:59:00.123Z',
      '1970-01-01T00:00:00Z': '1970-01-01T00:00:00.000Z',
    };
    const lines = Object.keys(times).map((registered_at) => ({ email: newEmail(), registered_at }));
    expect(await imports.lines(lines)).toMatchObject({ code: 0, error: '' });
    const keys = lines.map(({ email }) => email);
    const rows = await service.sql('select email_key, registered_at from users where email_key = any($1)', [keys]);
    const stored = new Map(rows.map(({ email_key, registered_at }) => [email_key, registered_at.toISOString()]));
    expect(keys.map((key) => stored.get(key))).toEqual(Object.values(times));
  });

  it('reads null as omitted', async () => {
    const email = newEmail();
    const nothing = {
      email_verified: null,
      password_hash: null,
      person_name: null,
      registered_at: null,
      user_id: null,
    };
    expect(await imports.lines([{ email, ...nothing }])).toMatchObject({ code: 0, error: '' });
  });

  it('makes each account once when it runs twice at once with one file, and both count correctly', async () => {
    const lines = Array.from({ length: 1200 }, () => JSON.stringify({ email: newEmail() }));
    const file = join(imports.directory, 'twice.jsonl');
    await writeFile(file, lines.join('\n'));
    const runs = await Promise.all([imports.file(file), imports.file(file)]);
    expect(runs).toMatchObject([
      { code: 0, error: '' },
      { code: 0, error: '' },
    ]);
    const [one = 0, other = 0] = runs.map(({ out }) => Number(/: (\d+) created/.exec(out)?.[1]));
    expect(one + other).toBe(1200);
    expect(runs[0]?.out).toContain(`1200 lines: ${one} created, ${1200 - one} there already, 0 refused`);
  });

  it('imports nothing from a file without lines, and reports a directory in one line', async () => {
    expect(await imports.bytes(Buffer.alloc(0))).toMatchObject({
      code: 0,
      error: '',
      out: expect.stringMatching(/^0 lines: 0 created, 0 there already, 0 refused; /),
    });
    expect(await imports.file(imports.directory)).toMatchObject({
      code: 1,
      out: '',
      error: `${imports.directory} is a directory\n`,
    });
  });

  it('imports ten thousand accounts', async () => {
    const hash = await bcrypt({ password, salt, costFactor: 4, outputType: 'encoded' });
    const emails = Array.from({ length: 10_000 }, newEmail);
    const run = await imports.lines(emails.map((email) => ({ email, password_hash: hash })));
    expect(run).toMatchObject({
      code: 0,
      error:
        '… 5000 lines: 5000 created, 0 there already, 0 refused\n… 10000 lines: 10000 created, 0 there already, 0 refused\n',
    });
    expect(run.out).toContain('10000 lines: 10000 created, 0 there already, 0 refused');
    expect((await login(emails[9_999] ?? '')).status).toBe(200);
  });
});
