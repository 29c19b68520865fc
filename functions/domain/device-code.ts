/** Signing in on a device that has no browser, by a code that a person types elsewhere (RFC 8628). */
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** RFC 8628 §3.4. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** How long both codes work, seconds: time to fetch a telephone, and to sign in with it. */
export const DEVICE_SECONDS = 600;
/** How long a device waits between two questions, seconds; and how much longer after one that came too soon (§3.5). */
export const POLL_SECONDS = 5;

/** §6.1: no vowels, so that no words come about; 20 letters to the eighth power are 34 bits, with limits of their own. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

export interface DeviceCodes {
  /** Of the device: 256 random bits, base64url. */
  readonly deviceCode: string;
  readonly deviceHash: Buffer;
  /** Of the person, without the dash. */
  readonly userCode: string;
}

export function newDeviceCodes(): DeviceCodes {
  const deviceCode = randomBytes(32).toString('base64url');
  const userCode = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return { deviceCode, deviceHash: createHash('sha256').update(deviceCode).digest(), userCode };
}

/** As people read it: `BCDF-GHJK`. */
export const shownUserCode = (code: string): string => `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;

/** What was typed, in either case, with or without dash and spaces. @returns null for what no code can be */
export function readUserCode(typed: string): string | null {
  const code = typed.replace(/[\s\p{Pd}]/gu, '').toUpperCase();
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}
