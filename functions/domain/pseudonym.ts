/**
 * Keyed hashes that stand for addresses and IPs where only equality matters: rate limits, lockout, log lines (S36).
 * Without the key, a list of likely addresses could be hashed and compared.
 */
import { createHmac } from 'node:crypto';
import type { HmacKeys } from './key-versions.ts';

/** @param kind keeps the hashes of one use from being compared with those of another */
export type Pseudonymize = (kind: string, value: string) => Buffer;

/** @param key at least 16 bytes, from the system's generator */
export const pseudonymizer =
  (key: Buffer): Pseudonymize =>
  (kind, value) =>
    createHmac('sha256', key).update(`${kind}\0${value}`).digest();

/** By the newest version of the pseudonym key, which a request asks for once. */
export type Pseudonyms = () => Promise<Pseudonymize>;

export const pseudonyms =
  (key: HmacKeys): Pseudonyms =>
  async () =>
    pseudonymizer((await key.keys())[0]);
