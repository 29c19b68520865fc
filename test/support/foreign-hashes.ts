/** The parts of other systems' hashes, and a comparison with one without the one of ours that goes with it. */
import { pbkdf2Sync, scryptSync } from 'node:crypto';
import { argon2id, bcrypt } from 'hash-wasm';
import { nativeArgon2 } from '../../functions/domain/argon2.ts';
import { foreignHash } from '../../functions/domain/foreign-hash.ts';

export const password = 'correct horse battery staple';
export const salt = Buffer.from('0123456789abcdef');
export const base64 = (bytes: Buffer) => bytes.toString('base64');
export const unpadded = (bytes: Buffer) => base64(bytes).replace(/=+$/, '');
export const passlib = (bytes: Buffer) => unpadded(bytes).replaceAll('+', '.');
export const ofHex = (hex: string) => unpadded(Buffer.from(hex, 'hex'));
export const pbkdf2 = (digest: string, bytes: number, iterations: number, with_: Buffer | string = salt) =>
  pbkdf2Sync(password, with_, iterations, bytes, digest);
export const scrypt = scryptSync(password, salt, 32, { N: 2 ** 14, r: 8, p: 1 });
export const bcryptOf = (given: string) => bcrypt({ password: given, salt, costFactor: 4, outputType: 'encoded' });
export const argon2Of = (given: string, more: object = {}) =>
  argon2id({
    password: given,
    salt,
    memorySize: 19_456,
    iterations: 2,
    parallelism: 1,
    hashLength: 32,
    outputType: 'encoded',
    ...more,
  });

export const native = await nativeArgon2();
export const compare = (given: string, hash: string) => foreignHash(hash)?.verify(given, native);
