/**
 * Keyed hashes that stand for addresses and IPs where only equality matters: rate limits, lockout, log lines (S36).
 * If they had no key, an attacker could hash a list of likely addresses and compare.
 */
import { createHmac } from 'node:crypto';
import type { HmacKeys } from './key-versions.ts';

/** @param kind separates uses, so that the hashes of one cannot be compared with those of another */
export type Pseudonymize = (kind: string, value: string) => Buffer;

/** @param key at least 16 bytes, from the system's generator */
export const pseudonymizer =
  (key: Buffer): Pseudonymize =>
  (kind, value) =>
    createHmac('sha256', key).update(`${kind}\0${value}`).digest();

/** What stands for an address that gets mail, or gets none. */
export const mailboxKey = (pseudonymize: Pseudonymize, emailKey: string): Buffer => pseudonymize('mailbox', emailKey);

/** By the newest version of the pseudonym key, which a request asks for once. */
export type Pseudonyms = () => Promise<Pseudonymize>;

export const pseudonyms =
  (key: HmacKeys): Pseudonyms =>
  async () =>
    pseudonymizer((await key.keys())[0]);
