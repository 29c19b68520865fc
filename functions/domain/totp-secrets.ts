/**
 * Secrets of authenticator apps, as their rows have them (S84): AES-256-GCM under a key for these alone, with the account's
 * id authenticated, so that a row that is copied to another account opens nothing (NIST SP 800-38D).
 *
 * `format ‖ key id ‖ nonce ‖ ciphertext ‖ tag`. The key id names the version that sealed it: what a version is still needed
 * for can be counted and sealed again before it is dropped.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import type { UserId } from './ids.ts';
import type { HmacKeys } from './key-versions.ts';

const FORMAT = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES;

export interface TotpSecrets {
  /** With the newest version. */
  seal(secret: Uint8Array, userId: UserId): Promise<Buffer>;
  /** @throws Error for what no known version sealed for this account */
  open(sealed: Uint8Array, userId: UserId): Promise<Buffer>;
}

export const totpSecrets = (totpKey: HmacKeys): TotpSecrets => ({
  async seal(secret, userId) {
    const [newest] = await totpKey.keys();
    return sealTotpSecret(secret, userId, newest);
  },
  async open(sealed, userId) {
    const opened = openTotpSecret(sealed, userId, await totpKey.keys());
    if (opened) return opened;
    // Perhaps another function sealed it with a version of the key that is newer than ours.
    const again = openTotpSecret(sealed, userId, (await totpKey.refetched()) ?? []);
    if (!again) throw new Error('no known version of the key opens the secret of an authenticator app');
    return again;
  },
});

export function sealTotpSecret(secret: Uint8Array, userId: UserId, key: Buffer): Buffer {
  const head = sealedHead(key);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', derived(key, 'key', 32), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(head, userId));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([head, nonce, text, cipher.getAuthTag()]);
}

/** @returns null where none of the versions sealed it, or for another account */
export function openTotpSecret(sealed: Uint8Array, userId: UserId, keys: readonly Buffer[]): Buffer | null {
  const bytes = Buffer.from(sealed);
  const head = bytes.subarray(0, HEAD_BYTES);
  const key = keys.find((one) => sealedHead(one).equals(head));
  if (!key || bytes.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', derived(key, 'key', 32), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(head, userId));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** What all that this version seals begins with. */
export const sealedHead = (key: Buffer): Buffer => Buffer.concat([Buffer.of(FORMAT), derived(key, 'id', KEY_ID_BYTES)]);

const associated = (head: Buffer, userId: UserId) => Buffer.concat([head, parseUuid(userId)]);

const derived = (key: Buffer, what: 'key' | 'id', bytes: number) =>
  Buffer.from(hkdfSync('sha256', key, '', `totp secret ${what}`, bytes));
