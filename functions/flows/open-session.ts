/** Opening a session for somebody who is proved, and knowing the device from then on. */
import { newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type NewSession, openSession } from '../store/logins.ts';
import type { Needing } from './needs.ts';
import { type Proved, refusal } from './prove-person.ts';

export interface SessionOpening {
  readonly session: NewSession;
  /** As they were given. */
  readonly email: string;
  readonly password: string;
  readonly deviceName: string | undefined;
}

/**
 * @returns the token by which the device is known when the person signs in again
 * @throws Problem INVALID_CREDENTIALS when the password was changed, or the account deleted, at this moment
 */
export async function openFor(
  { database, passwords, deviceTokens }: Needing<'database' | 'passwords' | 'deviceTokens'>,
  { account, device, guessKey, limits }: Proved,
  { session, email, password, deviceName }: SessionOpening,
  context: RequestContext,
): Promise<string> {
  const { user_id: userId, password_epoch: passwordEpoch } = account;
  const deviceId = device?.deviceId ?? newDeviceId();
  const [isOpen, deviceToken] = await Promise.all([
    openSession(
      database,
      {
        userId,
        email: account.email,
        orgId: account.org_id,
        deviceName,
        session,
        passwordEpoch,
        upgradedHash: passwords.shouldRehash(password, account.password_hash) ? await passwords.hash(password) : null,
        guessKey,
        knownDevice: device !== null,
      },
      limits.ofMail('new_device', emailKey(email)),
      context,
    ),
    deviceTokens.seal({ userId, deviceId, passwordEpoch, issuedAt: context.now }),
  ]);
  if (!isOpen) throw refusal('invalid_password');
  return deviceToken;
}
