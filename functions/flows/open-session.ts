/** Opening a session for somebody who is proved, and knowing the device from then on. */
import { newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import type { DeviceId, OrgId, UserId } from '../domain/ids.ts';
import type { Limits } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type NewSession, openSession, type Shown } from '../store/logins.ts';
import type { Needing } from './needs.ts';

/** Who has shown all that is asked of them, and on what. */
export interface SigningIn {
  readonly account: {
    readonly user_id: UserId;
    readonly email: string;
    readonly org_id: OrgId | null;
    readonly password_epoch: number;
  };
  readonly shown: Shown;
  /** Null for a device that is not known. */
  readonly deviceId: DeviceId | null;
  /** What failures before this are counted by. */
  readonly guessKey: Uint8Array;
  /** The same password hashed with today's parameters, where the account's were out of date. */
  readonly upgradedHash: string | null;
  readonly limits: Limits;
}

export interface SessionOpening {
  readonly session: NewSession;
  readonly deviceName: string | undefined;
}

export interface OpenedFor {
  /** By which the device is known when the person signs in again; null on one that people share. */
  readonly deviceToken: string | null;
}

/**
 * @returns null when the password was changed, the account deleted or the factor used at this moment
 */
export async function openFor(
  { database, deviceTokens }: Needing<'database' | 'deviceTokens'>,
  { account, shown, deviceId: known, guessKey, upgradedHash, limits }: SigningIn,
  { session, deviceName }: SessionOpening,
  context: RequestContext,
): Promise<OpenedFor | null> {
  const { user_id: userId, password_epoch: passwordEpoch, email, org_id: orgId } = account;
  const deviceId = known ?? newDeviceId();
  const [opened, deviceToken] = await Promise.all([
    openSession(
      database,
      {
        userId,
        email,
        orgId,
        deviceName,
        session,
        shown,
        passwordEpoch,
        upgradedHash,
        guessKey,
        knownDevice: known !== null,
      },
      limits.ofMail('new_device', emailKey(email)),
      context,
    ),
    deviceTokens.seal({ userId, deviceId, passwordEpoch, issuedAt: context.now }),
  ]);
  return opened && { deviceToken: opened.shares_devices ? null : deviceToken };
}
