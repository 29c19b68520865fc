/** Hashes of other systems, each made here by Node's own cryptography or copied from that system's documentation. */
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isVerifiable } from '../../../functions/domain/foreign-hash.ts';
import { isOutdated, verifyPassword } from '../../../functions/domain/password-hash.ts';

const password = 'correct horse battery staple';
const salt = Buffer.from('0123456789abcdef');
const base64 = (bytes: Buffer) => bytes.toString('base64');
const unpadded = (bytes: Buffer) => base64(bytes).replace(/=+$/, '');
const passlib = (bytes: Buffer) => unpadded(bytes).replaceAll('+', '.');
const pbkdf2 = (digest: string, bytes: number, iterations: number, with_: Buffer | string = salt) =>
  pbkdf2Sync(password, with_, iterations, bytes, digest);
const scrypt = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 });

const hashes: [form: string, hash: string][] = [
  ['Keycloak, PBKDF2 with SHA-256', `$pbkdf2-sha256$i=27500$${base64(salt)}$${base64(pbkdf2('sha256', 64, 27_500))}`],
  ['Keycloak, PBKDF2 with SHA-512', `$pbkdf2-sha512$i=30000$${base64(salt)}$${base64(pbkdf2('sha512', 64, 30_000))}`],
  ['PHC, PBKDF2', `$pbkdf2-sha256$i=1000,l=32$${unpadded(salt)}$${unpadded(pbkdf2('sha256', 32, 1000))}`],
  ['passlib, PBKDF2', `$pbkdf2-sha256$29000$${passlib(salt)}$${passlib(pbkdf2('sha256', 32, 29_000))}`],
  ['passlib, PBKDF2 with SHA-1', `$pbkdf2$13000$${passlib(salt)}$${passlib(pbkdf2('sha1', 20, 13_000))}`],
  ['Django, PBKDF2', `pbkdf2_sha256$1000$aSaltOfText$${base64(pbkdf2('sha256', 32, 1000, 'aSaltOfText'))}`],
  ['passlib, scrypt', `$scrypt$ln=14,r=8,p=1$${passlib(salt)}$${passlib(scrypt)}`],
];

describe('a hash of another system', () => {
  it.each(hashes)('%s: fits its password and no other, and is replaced', async (_, hash) => {
    expect(isVerifiable(hash)).toBe(true);
    expect(await verifyPassword(password, hash)).toBe(true);
    expect(await verifyPassword(`${password}.`, hash)).toBe(false);
    expect(isOutdated(hash)).toBe(true);
  });

  /** John the Ripper's and crypt_blowfish's test vectors. */
  it.each([
    ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    [
      '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
      '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
    ],
  ])('bcrypt: %s fits %s', async (given, hash) => {
    expect(isVerifiable(hash)).toBe(true);
    expect(await verifyPassword(given, hash)).toBe(true);
    expect(await verifyPassword(`x${given}`, hash)).toBe(false);
    expect(isOutdated(hash)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['no password', '!'],
    ['plain text', 'correct horse battery staple'],
    ['MD5', '$1$salt$qJH7.N4xYta3aEG/dfqo/0'],
    ['bcrypt of a cost that takes minutes', `$2b$31$${'a'.repeat(53)}`],
    ['a bcrypt cut short', '$2b$10$CCCCCCCCCCCCCCCCCCCCC'],
    ['scrypt of 16 GiB', '$scrypt$ln=24,r=8,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0'],
    ['scrypt of no block', '$scrypt$ln=14,r=0,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0'],
    ['Argon2 of 1 GiB', '$argon2id$v=19$m=1048576,t=2,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ'],
    ['the first version of Argon2', '$argon2i$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ'],
    ['PBKDF2 of a hash too short to tell', '$pbkdf2-sha256$i=1000$c2FsdHNhbHQ$c2FsdA'],
  ])('is refused at the import when it is %s', (_, hash) => {
    expect(isVerifiable(hash)).toBe(false);
  });

  it('fits nothing where the account has none', async () => {
    expect(await verifyPassword(password, '!')).toBe(false);
    expect(await verifyPassword('!', '!')).toBe(false);
  });
});
