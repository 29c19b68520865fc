/**
 * Device tokens: `version ‖ user_id ‖ device_id ‖ password epoch ‖ time ‖ mac`, base64url (S67).
 *
 * A person who signed in on a device before is counted separately there, so an attacker who guesses from elsewhere
 * neither locks them out nor slows them down. A token opens nothing: the password is needed as well, and after a few
 * failures of its own the device counts as unknown. Only the client keeps the token: in the body of the JSON door or,
 * unchanged, in a cookie. It ends with the password, by the epoch. The idea is OWASP's device cookie.
 *
 * Source: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { stringify as formatUuid, parse as parseUuid, v4 } from 'uuid';
import type { DeviceId, UserId } from './ids.ts';
import type { HmacKeys } from './key-versions.ts';
import type { Settings } from './settings.ts';

const VERSION = 1;
const SIGNED_BYTES = 1 + 16 + 16 + 4 + 6;
const TOKEN_BYTES = SIGNED_BYTES + 32;
const DAY = 24 * 60 * 60 * 1000;

export interface DeviceToken {
  readonly userId: UserId;
  /** Random; the device's own failures are counted by it. It stays the same when the device's token is renewed. */
  readonly deviceId: DeviceId;
  /** The epoch of the password that was given: a new password ends the token. */
  readonly passwordEpoch: number;
  /** To the millisecond. */
  readonly issuedAt: Date;
}

/** 122 random bits: a time in it would show others when the person signed in. */
export const newDeviceId = (): DeviceId => v4() as DeviceId;

/** @param key the newest version of the device key */
export function sealDeviceToken({ userId, deviceId, passwordEpoch, issuedAt }: DeviceToken, key: Buffer): string {
  const signed = Buffer.alloc(SIGNED_BYTES);
  signed[0] = VERSION;
  signed.set(parseUuid(userId), 1);
  signed.set(parseUuid(deviceId), 17);
  signed.writeUInt32BE(passwordEpoch, 33);
  signed.writeUIntBE(issuedAt.getTime(), 37, 6);
  return Buffer.concat([signed, macOf(signed, key)]).toString('base64url');
}

/** @returns null for anything that this service did not make; {@link isExpired} decides whether it is too old */
export function readDeviceToken(encoded: string, keys: readonly Buffer[]): DeviceToken | null {
  const bytes = Buffer.from(encoded, 'base64url');
  // Decoding is lenient; a token has one spelling.
  if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== encoded || bytes[0] !== VERSION) return null;
  const signed = bytes.subarray(0, SIGNED_BYTES);
  const mac = bytes.subarray(SIGNED_BYTES);
  if (!keys.some((key) => timingSafeEqual(macOf(signed, key), mac))) return null;
  return {
    userId: formatUuid(signed.subarray(1, 17)) as UserId,
    deviceId: formatUuid(signed.subarray(17, 33)) as DeviceId,
    passwordEpoch: signed.readUInt32BE(33),
    issuedAt: new Date(signed.readUIntBE(37, 6)),
  };
}

/** Each login renews the time, so this measures how long the device was not used. */
export const isExpired = ({ issuedAt }: DeviceToken, days: number, now: Date): boolean =>
  issuedAt.getTime() + days * DAY <= now.getTime();

const macOf = (signed: Buffer, key: Buffer) => createHmac('sha256', key).update('device-token').update(signed).digest();

/** Device tokens, made with the device key and read with each of its versions. */
export interface DeviceTokens {
  seal(token: DeviceToken): Promise<string>;
  /** @returns null without a token, and for one that this service did not make or that is too old: an unknown device */
  read(encoded: string | undefined, now: Date): Promise<DeviceToken | null>;
}

export const deviceTokens = (deviceKey: HmacKeys, { deviceDays }: Pick<Settings, 'deviceDays'>): DeviceTokens => ({
  async seal(token) {
    return sealDeviceToken(token, (await deviceKey.keys())[0]);
  },
  async read(encoded, now) {
    if (encoded === undefined) return null;
    const token = readDeviceToken(encoded, await deviceKey.keys());
    return token === null || isExpired(token, deviceDays, now) ? null : token;
  },
});
