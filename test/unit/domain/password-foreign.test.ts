/** Hashes of other systems, copied from their documentation and tests, or made here with Node's cryptography. */
import { describe, expect, it } from 'vitest';
import { isVerifiable, markImported } from '../../../functions/domain/foreign-hash.ts';
import { passwordHasher } from '../../../functions/domain/password-hash.ts';
import {
  argon2Of,
  base64,
  bcryptOf,
  compare,
  ofHex,
  passlib,
  password,
  pbkdf2,
  salt,
  scrypt,
  unpadded,
} from '../../support/foreign-hashes.ts';
import { defaultSettings } from '../../support/settings.ts';

const { hash: hashPassword, verify, shouldRehash } = await passwordHasher(defaultSettings);

const made: [form: string, hash: string][] = [
  ['Keycloak, PBKDF2 with SHA-256', `$pbkdf2-sha256$i=27500$${base64(salt)}$${base64(pbkdf2('sha256', 64, 27_500))}`],
  ['Keycloak, PBKDF2 with SHA-512', `$pbkdf2-sha512$i=210000$${base64(salt)}$${base64(pbkdf2('sha512', 64, 210_000))}`],
  ['PHC, PBKDF2', `$pbkdf2-sha256$i=1000,l=32$${unpadded(salt)}$${unpadded(pbkdf2('sha256', 32, 1000))}`],
  ['passlib, PBKDF2', `$pbkdf2-sha256$29000$${passlib(salt)}$${passlib(pbkdf2('sha256', 32, 29_000))}`],
  ['passlib, PBKDF2 with SHA-1', `$pbkdf2$13000$${passlib(salt)}$${passlib(pbkdf2('sha1', 20, 13_000))}`],
  ['Django, PBKDF2', `pbkdf2_sha256$1000$aSaltOfText$${base64(pbkdf2('sha256', 32, 1000, 'aSaltOfText'))}`],
  ['passlib, scrypt', `$scrypt$ln=14,r=8,p=1$${passlib(salt)}$${passlib(scrypt)}`],
];

/** John the Ripper's and crypt_blowfish's, RFC 6070, 7914, 9106's reference implementation, passlib, Django. */
const published: [given: string, hash: string][] = [
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
  [
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
    '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
  ],
  ['password', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
  ['password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ['password', `$pbkdf2$4096$${base64(Buffer.from('salt'))}$${ofHex('4b007901b765489abead49d926f721d065a429c1')}`],
  [
    'Password',
    `$pbkdf2-sha256$80000$${base64(Buffer.from('NaCl'))}$${ofHex(
      '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
    )}`,
  ],
  ['password', '$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44'],
  ['lètmein', 'pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY='],
  ['lètmein', 'pbkdf2_sha1$10000$seasalt$oAfF6vgs95ncksAhGXOWf4Okq7o='],
  [
    'pleaseletmein',
    `$scrypt$ln=14,r=8,p=1$${base64(Buffer.from('SodiumChloride'))}$${ofHex(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    )}`,
  ],
  ['password', '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E'],
];

describe('a hash of another system', () => {
  it.each(made)('%s: fits its password and no other, and is replaced', async (_, hash) => {
    expect(isVerifiable(hash)).toBe(true);
    expect(await compare(password, hash)).toBe(true);
    expect(await compare(`${password}.`, hash)).toBe(false);
    expect(shouldRehash(password, markImported(hash))).toBe(true);
  });

  it.each(published)('as published: %s fits %s', async (given, hash) => {
    expect(isVerifiable(hash)).toBe(true);
    expect(await compare(given, hash)).toBe(true);
    expect(await compare(`x${given}`, hash)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no password', '!'],
    ['plain text', 'correct horse battery staple'],
    ['MD5', '$1$salt$qJH7.N4xYta3aEG/dfqo/0'],
    ['a hash of the faulty bcrypt', '$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e'],
    ['a bcrypt cut short', '$2b$10$CCCCCCCCCCCCCCCCCCCCC'],
    ['a bcrypt with a salt no encoder makes', '$2a$05$CCCCCCCCCCCCCCCCCCCCCZE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['scrypt of no block', '$scrypt$ln=14,r=0,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0'],
    ['scrypt past its own bound', '$scrypt$ln=16,r=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0'],
    ['the first version of Argon2', '$argon2i$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ'],
    ['PBKDF2 of a hash that is too short', '$pbkdf2-sha256$i=1000$c2FsdHNhbHQ$c2FsdA'],
    ['PBKDF2 of a hash cut short', `$pbkdf2$1000$c2FsdA$${'A'.repeat(29)}`],
    ['a hash that is marked already', markImported(published[0]?.[1] ?? '')],
    ['a salt without end', `pbkdf2_sha1$1000$${'a'.repeat(1000)}$oAfF6vgs95ncksAhGXOWf4Okq7o=`],
  ])('is refused at the import when it is %s', (_, hash) => {
    expect(isVerifiable(hash)).toBe(false);
  });

  it('fits nothing if the account has none', async () => {
    for (const given of [password, '!']) expect(await verify(given, '!')).toBe(false);
  });
});

describe('S69: a password longer than bcrypt’s limit', () => {
  const long = `${'a'.repeat(71)}bcdefghij`;

  it('logs in as it did in the old system, and its unseen end never becomes the password', async () => {
    const hash = markImported(await bcryptOf(long.slice(0, 72)));
    for (const given of [long, `${long.slice(0, 72)}another end`, long.slice(0, 72)]) {
      expect(await verify(given, hash)).toBe(true);
      expect(shouldRehash(given, hash)).toBe(false);
    }
    expect(await verify(`x${long}`, hash)).toBe(false);
  });

  it('of 71 bytes is rehashed: bcrypt sees the NUL that follows', async () => {
    const hash = markImported(await bcryptOf(long.slice(0, 71)));
    expect(await verify(long.slice(0, 71), hash)).toBe(true);
    expect(await verify(long.slice(0, 72), hash)).toBe(false);
    expect(shouldRehash(long.slice(0, 71), hash)).toBe(true);
  });

  it('is counted in bytes, and in its longest form', () => {
    const hash = `$2b$04$${'a'.repeat(21)}e${'a'.repeat(30)}a`;
    expect(shouldRehash('ä'.repeat(36), hash)).toBe(false);
    // 48 bytes as NFC, 72 as NFD: bcrypt may have seen only the first 72 bytes of more.
    expect(shouldRehash('ä'.repeat(24), hash)).toBe(false);
    expect(shouldRehash('ä'.repeat(23), hash)).toBe(true);
  });

  it('does not fit through a NUL, after which bcrypt repeats the password', async () => {
    const hash = markImported(await bcryptOf('abc'));
    expect(await verify('abc', hash)).toBe(true);
    for (const given of ['abc\0abc', 'abc\0', '\0abc']) expect(await verify(given, hash)).toBe(false);
  });
});

describe('S69: the Unicode form in which a password was hashed', () => {
  const nfc = 'Ångström på sjön'.normalize('NFC');
  const nfd = nfc.normalize('NFD');
  /** A mix of both forms: typed on one keyboard, then on another. */
  const mixed = nfc.slice(0, 9) + nfd.slice(-9);
  const forms = [nfc, nfd, mixed];

  it.each([
    ['NFC', nfc],
    ['NFD', nfd],
  ])('is found if it was %s, whichever is typed', async (_, hashed) => {
    // The last one has our own parameters.
    for (const made of [await bcryptOf(hashed), await argon2Of(hashed)]) {
      const hash = markImported(made);
      for (const typed of [nfc, nfd]) expect(await verify(typed, hash)).toBe(true);
      expect(shouldRehash(nfd, hash)).toBe(true);
    }
  });

  it('is found if it was neither, when the same is typed', async () => {
    const hash = markImported(await bcryptOf(mixed));
    expect(await Promise.all(forms.map((typed) => verify(typed, hash)))).toEqual([false, false, true]);
  });

  it('is not searched for in a hash of ours', async () => {
    const hash = await hashPassword(nfd);
    expect(await verify(nfc, hash)).toBe(true);
    expect(shouldRehash(nfd, hash)).toBe(false);
    expect(await verify(nfd, await argon2Of(nfd))).toBe(false);
  });
});
