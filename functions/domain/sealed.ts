/**
 * Texts that travel through a browser and come back as they went: AES-256-GCM, the key from the stage's `browser` key by
 * HKDF, one for each purpose, which is authenticated too (NIST SP 800-38D). Base64url of `nonce ‖ ciphertext ‖ tag`.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { HmacKeys } from './key-versions.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealed<T> {
  seal(value: T): Promise<string>;
  /** @returns null for a text that this service did not seal for this purpose */
  open(text: string): Promise<T | null>;
}

/** @param purpose what no text of another purpose may pass for */
export function sealed<T>(browserKey: HmacKeys, purpose: string): Sealed<T> {
  const keyOf = (key: Buffer) => Buffer.from(hkdfSync('sha256', key, '', `sealed ${purpose}`, 32));

  function openWith(key: Buffer, bytes: Buffer): T | null {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(key), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString('utf8')) as T;
    } catch {
      return null;
    }
  }

  return {
    async seal(value) {
      const [newest] = await browserKey.keys();
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', keyOf(newest), nonce, { authTagLength: TAG_BYTES });
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url');
    },
    async open(text) {
      const bytes = Buffer.from(text, 'base64url');
      // Decoding is lenient; a text has one spelling.
      if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== text) return null;
      for (const key of await browserKey.keys()) {
        const value = openWith(key, bytes);
        if (value !== null) return value;
      }
      // Perhaps another function sealed it with a version of the key that is newer than ours.
      const [newest] = (await browserKey.refetched()) ?? [];
      return newest ? openWith(newest, bytes) : null;
    },
  };
}
