import { expect, it } from 'vitest';
import type { UserId } from '../../functions/domain/ids.ts';
import { newRecoveryCodes, recoveryCodeHash } from '../../functions/domain/recovery-codes.ts';

const userId = '0197f3a0-0000-7000-8000-000000000001' as UserId;
const other = '0197f3a0-0000-7000-8000-000000000002' as UserId;
const key = Buffer.alloc(32, 1);

it('makes ten different codes of 80 bits, in groups to read', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});

it('knows a code however it is typed', () => {
  const hash = recoveryCodeHash('0123-4567-89AB-1JKM', userId, key);
  for (const typed of ['0123456789AB1JKM', ' o123 4567-89ab-ljkm ', 'O123-4567-89aB-IJKM']) {
    expect(recoveryCodeHash(typed, userId, key)).toEqual(hash);
  }
});

it('S84: keeps a MAC of the account and the code', () => {
  const hashes = [
    recoveryCodeHash('0123-4567-89AB-CDEF', userId, key),
    recoveryCodeHash('0123-4567-89AB-CDEG', userId, key),
    recoveryCodeHash('0123-4567-89AB-CDEF', other, key),
    recoveryCodeHash('0123-4567-89AB-CDEF', userId, Buffer.alloc(32, 2)),
  ].map((hash) => hash?.toString('hex'));
  expect(new Set(hashes).size).toBe(4);
  for (const hash of hashes) expect(hash).toHaveLength(64);
});

it.each(['', '0123-4567-89AB', '0123-4567-89AB-CDEF-0', '0123-4567-89AB-CDEU', '0123-4567-89AB-CDÉF'])(
  'takes %j for no code',
  (typed) => expect(recoveryCodeHash(typed, userId, key)).toBeNull(),
);
