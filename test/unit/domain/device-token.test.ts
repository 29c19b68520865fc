import { expect, it } from 'vitest';
import {
  type DeviceToken,
  isExpired,
  newDeviceId,
  readDeviceToken,
  sealDeviceToken,
} from '../../../functions/domain/device-token.ts';
import { newId, type UserId } from '../../../functions/domain/ids.ts';

const key = Buffer.alloc(32, 1);
const older = Buffer.alloc(32, 2);
const token: DeviceToken = {
  userId: newId<UserId>(),
  deviceId: newDeviceId(),
  passwordEpoch: 7,
  issuedAt: new Date('2026-03-01T12:00:00.123Z'),
};

it('S67: a device token returns what was sealed, with each version of the key, and fits a cookie as it is', () => {
  for (const made of [key, older]) {
    const sealed = sealDeviceToken(token, made);
    expect(sealed).toMatch(/^[\w-]{100}$/);
    expect(readDeviceToken(sealed, [key, older])).toEqual(token);
  }
  expect(readDeviceToken(sealDeviceToken(token, older), [key])).toBeNull();
});

it('S67: a device token with any bit changed, or cut, extended or spelled otherwise, is not accepted', () => {
  const sealed = sealDeviceToken(token, key);
  const bytes = Buffer.from(sealed, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(readDeviceToken(changed.toString('base64url'), [key])).toBeNull();
  }
  for (const other of ['', 'x', sealed.slice(1), `${sealed}A`, `${sealed}=`, ` ${sealed}`, sealed.replace(/.$/, '!')]) {
    expect(readDeviceToken(other, [key])).toBeNull();
  }
});

it('S67: a device is forgotten 90 days after its last login', () => {
  const after = (milliseconds: number) => new Date(token.issuedAt.getTime() + milliseconds);
  const days = 90 * 24 * 60 * 60 * 1000;
  expect(isExpired(token, 90, after(days - 1))).toBe(false);
  expect(isExpired(token, 90, after(days))).toBe(true);
});
