/** Device tokens, made with the device key and read with each of its versions. */
import { type DeviceToken, isExpired, readDeviceToken, sealDeviceToken } from '../domain/device-token.ts';
import { settings } from '../runtime/settings.ts';
import { hmacKeys } from './hmac-keys.ts';

export interface DeviceTokens {
  seal(token: DeviceToken): Promise<string>;
  /** @returns null without a token, and for one that this service did not make or that is too old: an unknown device */
  read(encoded: string | undefined, now: Date): Promise<DeviceToken | null>;
}

export function deviceTokens(): DeviceTokens {
  const deviceKey = hmacKeys('device');
  return {
    async seal(token) {
      return sealDeviceToken(token, (await deviceKey.keys())[0]);
    },
    async read(encoded, now) {
      if (encoded === undefined) return null;
      const token = readDeviceToken(encoded, await deviceKey.keys());
      return token === null || isExpired(token, settings.deviceDays, now) ? null : token;
    },
  };
}
