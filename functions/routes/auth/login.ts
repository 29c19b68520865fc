/** POST /v1/auth/login */
import { dataApi } from '../../aws/data-api.ts';
import { keyring } from '../../aws/keyring.ts';
import { prepareSigner, signAccessToken } from '../../aws/signer.ts';
import { LoginRequest } from '../../contracts/http.ts';
import { accessClaims } from '../../domain/access-token.ts';
import { emailKey } from '../../domain/email-address.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { linkEnd } from '../../domain/links.ts';
import { hashPassword, shouldRehash, verifyPassword } from '../../domain/password-hash.ts';
import { Problem } from '../../domain/problem.ts';
import { pseudonymizer } from '../../domain/pseudonym.ts';
import { limit, limitPerIp, limits, mailLimit, tooMany } from '../../domain/rate-limit.ts';
import { firstRefreshToken } from '../../domain/refresh-token.ts';
import { publicRoute } from '../../http/route.ts';
import { tokenAnswer } from '../../http/token-answer.ts';
import { settings } from '../../settings.ts';
import { recordFailedLogin, recordUnverifiedLogin } from '../../store/failed-logins.ts';
import { type Admission, admitLogin, openSession } from '../../store/logins.ts';

const database = dataApi();
const pseudonymKey = keyring('pseudonym');
const chainKey = keyring('refresh-chain');
prepareSigner();

export const handler = publicRoute({ body: LoginRequest }, async ({ body, origin }) => {
  const pseudonymize = pseudonymizer((await pseudonymKey.keys())[0]);
  const key = emailKey(body.email);
  const attempt = { email: body.email, emailKey: key, addressKey: pseudonymize('address', key) };
  const { account, locked, exceeded } = await admitLogin(
    database,
    attempt,
    limits(
      limit('loginPerAddress', key, pseudonymize, origin.now),
      limitPerIp('loginPerIp', origin.ipAddress, pseudonymize, origin.now),
    ),
    origin,
  );
  if (exceeded) throw tooMany(exceeded);

  const fits = await verifyPassword(body.password, account.password_hash);
  if (account.user_id === null || !fits || locked) {
    const reason = failureReason(account, locked);
    await recordFailedLogin(
      database,
      { email: body.email, userId: account.user_id, reason, guessKey: attempt.addressKey, guessedBy: 'address' },
      origin,
    );
    throw new Problem('INVALID_CREDENTIALS');
  }

  // Told as a wrong password is: who registers an address and then logs in would learn whether it was new (S60). What
  // to do is mailed to its owner.
  if (settings.requireVerifiedEmail && !account.email_verified) {
    await recordUnverifiedLogin(
      database,
      { userId: account.user_id, email: account.email, linkEnd: linkEnd('verify_email', origin.now) },
      limits(mailLimit('verify_email', key, pseudonymize, origin.now)),
      origin,
    );
    throw new Problem('INVALID_CREDENTIALS');
  }

  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await chainKey.keys());
  const [open, accessToken] = await Promise.all([
    openSession(
      database,
      {
        userId: account.user_id,
        email: account.email,
        orgId: account.org_id,
        deviceName: body.device_name,
        token,
        passwordEpoch: account.password_epoch,
        upgradedHash: shouldRehash(body.password, account.password_hash) ? await hashPassword(body.password) : null,
        addressKey: attempt.addressKey,
      },
      origin,
    ),
    signAccessToken(accessClaims(account, sessionId, origin.now)),
  ]);
  if (!open) throw new Problem('INVALID_CREDENTIALS');

  return tokenAnswer(accessToken, token);
});

/** For the event and the audit log; the caller is told the same whichever it is (S7). */
function failureReason(account: Admission['account'], locked: boolean) {
  if (account.user_id === null) return 'user_not_found';
  return locked ? 'account_locked' : 'invalid_password';
}
