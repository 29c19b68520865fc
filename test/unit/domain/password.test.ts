import { describe, expect, it } from 'vitest';
import { commonPasswords } from '../../../functions/domain/common-passwords.ts';
import { passwordHasher } from '../../../functions/domain/password-hash.ts';
import { checkNewPassword } from '../../../functions/domain/password-policy.ts';
import { Problem } from '../../../functions/domain/problem.ts';
import { defaultSettings } from '../../support/settings.ts';

const passwords = await passwordHasher(defaultSettings);

const email = 'Maria.Lind@example.com';
const refusal = (password: string) => {
  try {
    checkNewPassword(password, email, defaultSettings);
    return null;
  } catch (error) {
    return error instanceof Problem ? error.code : error;
  }
};

describe('the password policy', () => {
  it('S1: counts code points: 12 are enough, 11 are not, 256 fit, 257 do not', () => {
    expect(refusal('🔑'.repeat(12))).toBeNull();
    expect(refusal('🔑'.repeat(11))).toBe('PASSWORD_REJECTED');
    expect(refusal('ä'.repeat(256))).toBeNull();
    expect(refusal('ä'.repeat(257))).toBe('PASSWORD_REJECTED');
  });

  it('S1: counts after NFC, so a composed and a decomposed spelling have the same length', () => {
    expect(refusal('a\u0308'.repeat(11))).toBe('PASSWORD_REJECTED');
    expect(refusal('a\u0308'.repeat(12))).toBeNull();
  });

  it.each(['correct horse battery staple', '            x', 'пароль который длинный', '密码密码密码密码密码密码密码'])(
    'S2: has no rule of composition: %s',
    (password) => expect(refusal(password)).toBeNull(),
  );

  it.each([
    email,
    'MARIA.LIND@EXAMPLE.COM',
    'Maria.Lind2026!',
    'maria.lindmaria.lind',
    'HuleEdu2026!',
    '123HuleEdu456',
    'huleeduhuleedu',
  ])('S3: refuses the address, its local part, the service’s name: %s', (password) =>
    expect(refusal(password)).toBe('PASSWORD_REJECTED'),
  );

  it.each([
    '123456789012',
    'qwerty123456',
    '1qaz2wsx3edc',
    'unbelievable',
    'UNBELIEVABLE',
    'passwordpassword',
    'Password1234',
    'iloveyou1234!',
    '2026sunshine!',
    'trustno1trustno1',
    'Dragon!Dragon!',
  ])('S3: refuses common passwords: %s', (password) => expect(refusal(password)).toBe('PASSWORD_REJECTED'));

  it.each([
    'password made longer',
    'sunshine-7413-9906',
    'my sunshine in march',
    'anunbelievablelama',
    'maria likes ponies',
  ])('S3: accepts a password that only contains a common word: %s', (password) => expect(refusal(password)).toBeNull());

  it('S3: ships tens of thousands of common passwords', () => {
    expect(commonPasswords.split('\n').length).toBeGreaterThan(40_000);
  });
});

describe('a password hash', () => {
  it('S4: is Argon2id with m=19456, t=2, p=1 and 16 bytes of salt, as a PHC string', async () => {
    const hash = await passwords.hash('correct horse battery staple');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(passwords.shouldRehash('correct horse battery staple', hash)).toBe(false);
    expect(hash).not.toBe(await passwords.hash('correct horse battery staple'));
  });

  it('fits its password in either Unicode form and no other', async () => {
    const hash = await passwords.hash('Ångström Ångström');
    expect(await passwords.verify('A\u030angstro\u0308m A\u030angstro\u0308m', hash)).toBe(true);
    expect(await passwords.verify('Angstrom Angstrom', hash)).toBe(false);
  });

  it('S4: is outdated if its parameters are not today’s', () => {
    const older = `$argon2id$v=19$m=9216,t=4,p=1$c2FsdHNhbHRzYWx0c2FsdA$${'A'.repeat(43)}`;
    expect(passwords.shouldRehash('correct horse battery staple', older)).toBe(true);
  });

  it('S8: fits nothing if there is no account', async () => {
    expect(await passwords.verify('correct horse battery staple', null)).toBe(false);
  });
});
