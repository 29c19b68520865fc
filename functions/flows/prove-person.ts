/** Proving by address and password who somebody is, whatever is opened for them then. */
import { emailKey } from '../domain/email-address.ts';
import { type LinkLifetimes, linkEnd } from '../domain/mailed-link.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, type Limits, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { countOutcome } from '../runtime/metrics.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { type FailedLogin, type FailureReason, type Lockout, recordUnverifiedLogin } from '../store/failed-logins.ts';
import { admitLogin, type LoginAccount } from '../store/login-admission.ts';
import { byPassword } from '../store/logins.ts';
import type { Needing } from './needs.ts';
import type { SigningIn } from './open-session.ts';
import { recordFailure } from './record-failure.ts';

export type VerifiedSettings = LinkLifetimes & Pick<Settings, 'requireVerifiedEmail'>;

export type ProveNeeds = Needing<
  'database' | 'pseudonyms' | 'passwords' | 'deviceTokens',
  LimitSettings & Lockout & VerifiedSettings & DemandSettings & Pick<Settings, 'emailLogin'>
>;

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of an earlier login of the account on this device. */
  readonly deviceToken: string | undefined;
}

/** Who gave the right password, and on what. */
export interface Proved extends SigningIn {
  readonly account: Extract<LoginAccount, { password_hash: string }>;
}

/**
 * @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RATE_LIMITED; FORBIDDEN where people sign in by mail
 * alone
 */
export async function provePerson(
  { database, passwords, settings, ...needs }: ProveNeeds,
  { email, password, deviceToken }: Credentials,
  context: RequestContext,
): Promise<Proved> {
  if (settings.emailLogin === 'only') throw new Problem('FORBIDDEN', { detail: 'This service signs in by mail.' });
  const pseudonymize = await needs.pseudonyms();
  const limits = limitsAt(context.now, pseudonymize, settings);
  const key = emailKey(email);
  const device = await needs.deviceTokens.read(deviceToken, context.now);
  const attempt = {
    email,
    emailKey: key,
    addressKey: pseudonymize('address', key),
    device,
    deviceKey: device && pseudonymize('device', device.deviceId),
  };
  const { account, locked, known, exceeded } = await admitLogin(
    database,
    attempt,
    [
      ...limits.by('loginPerAddress', key),
      ...(device ? limits.by('loginPerDevice', device.deviceId) : []),
      ...limits.byIp('loginPerIp', context.ipAddress),
    ],
    settings,
    context,
  );
  if (exceeded) throw refusal('rate_limit_exceeded', tooMany(exceeded));

  const counted: Pick<FailedLogin, 'guessKey' | 'guessedBy'> =
    known && attempt.deviceKey
      ? { guessKey: attempt.deviceKey, guessedBy: 'device' }
      : { guessKey: attempt.addressKey, guessedBy: 'address' };
  const fits = await passwords.verify(password, account.password_hash);
  if (account.user_id === null || !fits || locked) {
    const reason = failureReason(account, locked);
    await recordFailure(database, { email, userId: account.user_id, reason, ...counted }, settings, context);
    throw refusal(reason);
  }

  await assertVerified({ database, settings }, account, limits, context);
  return {
    account,
    shown: byPassword,
    deviceId: known && device ? device.deviceId : null,
    guessKey: counted.guessKey,
    upgradedHash: passwords.shouldRehash(password, account.password_hash) ? await passwords.hash(password) : null,
    limits,
  };
}

/**
 * Where the stage requires that the address is verified. Answered as a wrong password is: whoever registers an address and
 * then logs in would learn whether it was new (S60). What to do is mailed to its owner.
 * @throws Problem INVALID_CREDENTIALS
 */
export async function assertVerified(
  { database, settings }: Needing<'database', VerifiedSettings>,
  { user_id: userId, email, email_verified }: Pick<Proved['account'], 'user_id' | 'email' | 'email_verified'>,
  limits: Limits,
  context: RequestContext,
): Promise<void> {
  if (!settings.requireVerifiedEmail || email_verified) return;
  await recordUnverifiedLogin(
    database,
    { userId, email, linkEnd: linkEnd('verify_email', context.now, settings) },
    // Counted apart from the mails that are asked for: anybody who asks learns how many of those are left (S60).
    limits.ofMail('unproved_login', emailKey(email)),
    context,
  );
  throw refusal('email_unverified');
}

/** Counted by reason, and answered alike (S7). */
export function refusal(why: FailureReason, problem = new Problem('INVALID_CREDENTIALS')): Problem {
  countOutcome('Logins', why);
  return problem;
}

/** For the event and the audit log; the answer is the same whichever it is (S7). */
function failureReason(account: LoginAccount, locked: boolean): FailureReason {
  if (account.user_id === null) return 'user_not_found';
  return locked ? 'account_locked' : 'invalid_password';
}
