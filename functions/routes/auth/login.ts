/** POST /v1/auth/login */
import { dataApi } from '../../aws/data-api.ts';
import { deviceTokens } from '../../aws/device-tokens.ts';
import { hmacKeys } from '../../aws/hmac-keys.ts';
import { prepareSigner, signAccessToken } from '../../aws/signer.ts';
import { LoginRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import { newDeviceId } from '../../domain/device-token.ts';
import { emailKey } from '../../domain/email-address.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { linkEnd } from '../../domain/mailed-link.ts';
import { passwordHasher } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { pseudonymizer } from '../../domain/pseudonym.ts';
import { limitsAt, tooMany } from '../../domain/rate-limit.ts';
import { firstRefreshToken } from '../../domain/refresh-token.ts';
import { recordFailure } from '../../flows/record-failure.ts';
import { publicRoute } from '../../http/route.ts';
import { signInAnswer } from '../../http/token-answer.ts';
import { countOutcome } from '../../runtime/metrics.ts';
import { settings } from '../../runtime/settings.ts';
import { type FailedLogin, type FailureReason, recordUnverifiedLogin } from '../../store/failed-logins.ts';
import { type Admission, admitLogin, openSession } from '../../store/logins.ts';

const database = dataApi();
const pseudonymKey = hmacKeys('pseudonym');
const chainKey = hmacKeys('refresh-chain');
const devices = deviceTokens();
const passwords = await passwordHasher(settings);
prepareSigner();

export const handler = publicRoute({ body: LoginRequest }, async ({ body, context }) => {
  const pseudonymize = pseudonymizer((await pseudonymKey.keys())[0]);
  const limits = limitsAt(context.now, pseudonymize, settings);
  const key = emailKey(body.email);
  const device = await devices.read(body.device_token, context.now);
  const attempt = {
    email: body.email,
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
    context,
  );
  if (exceeded) throw refusal('rate_limit_exceeded', tooMany(exceeded));

  const counted: Pick<FailedLogin, 'guessKey' | 'guessedBy'> =
    known && attempt.deviceKey
      ? { guessKey: attempt.deviceKey, guessedBy: 'device' }
      : { guessKey: attempt.addressKey, guessedBy: 'address' };
  const fits = await passwords.verify(body.password, account.password_hash);
  if (account.user_id === null || !fits || locked) {
    const reason = failureReason(account, locked);
    const failure = { email: body.email, userId: account.user_id, reason, ...counted };
    await recordFailure(database, failure, settings, context);
    throw refusal(reason);
  }

  // Told as a wrong password is: who registers an address and then logs in would learn whether it was new (S60). What
  // to do is mailed to its owner.
  if (settings.requireVerifiedEmail && !account.email_verified) {
    await recordUnverifiedLogin(
      database,
      { userId: account.user_id, email: account.email, linkEnd: linkEnd('verify_email', context.now, settings) },
      // Apart from the mails that are asked for: how many of those there are yet is told to anybody who asks (S60).
      limits.ofMail('unproved_login', key),
      context,
    );
    throw refusal('email_unverified');
  }

  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await chainKey.keys());
  const { user_id: userId, password_epoch: passwordEpoch } = account;
  const deviceId = known && device ? device.deviceId : newDeviceId();
  const [open, accessToken, deviceToken] = await Promise.all([
    openSession(
      database,
      {
        userId,
        email: account.email,
        orgId: account.org_id,
        deviceName: body.device_name,
        token,
        passwordEpoch,
        upgradedHash: passwords.shouldRehash(body.password, account.password_hash)
          ? await passwords.hash(body.password)
          : null,
        guessKey: counted.guessKey,
        knownDevice: known,
      },
      limits.ofMail('new_device', key),
      settings,
      context,
    ),
    signAccessToken(accessClaims(account, { sessionId, now: context.now }, settings)),
    devices.seal({ userId, deviceId, passwordEpoch, issuedAt: context.now }),
  ]);
  // The password was changed, or the account deleted, at this moment.
  if (!open) throw refusal('invalid_password');

  countOutcome('Logins', 'succeeded');
  return signInAnswer(accessToken, token, deviceToken);
});

/** Counted by why, and told alike (S7). */
function refusal(why: FailureReason, problem = new Problem('INVALID_CREDENTIALS')): Problem {
  countOutcome('Logins', why);
  return problem;
}

/** For the event and the audit log; the caller is told the same whichever it is (S7). */
function failureReason(account: Admission['account'], locked: boolean): FailureReason {
  if (account.user_id === null) return 'user_not_found';
  return locked ? 'account_locked' : 'invalid_password';
}
