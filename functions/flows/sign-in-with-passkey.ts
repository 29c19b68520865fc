/** Signing in with a passkey alone: it says who somebody is, and proves it (WebAuthn L3 §7.2). */
import type { AssertionCredential } from '../contracts/http/passkeys.ts';
import type { TokenSubject } from '../domain/access-token.ts';
import { methodsOf } from '../domain/authentication-level.ts';
import type { DeviceToken } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { recordMiss } from '../store/factor-misses.ts';
import type { FailureReason } from '../store/failed-logins.ts';
import { findPasskey, type PasskeyAccount } from '../store/passkey-login.ts';
import { challengeOf, checkAssertion } from './check-assertion.ts';
import type { Needing } from './needs.ts';
import type { SigningIn } from './open-session.ts';
import type { PasskeyOptionsNeeds } from './passkey-options.ts';
import { assertVerified, refusal, type VerifiedSettings } from './prove-person.ts';
import type { SignedIn } from './session-tokens.ts';
import { type OpenTokensNeeds, openTokens } from './sign-in.ts';
import { type AtBrowser, type OpenBrowserNeeds, openBrowser, type SignedInBrowser } from './sign-in-at-browser.ts';

type ProvePasskeyNeeds = PasskeyOptionsNeeds &
  Needing<'database' | 'pseudonyms' | 'deviceTokens', LimitSettings & VerifiedSettings>;

export interface PasskeySignIn {
  readonly assertion: AssertionCredential;
  /** That asked for the challenge, where it is known by a cookie: no other answers it (S83). */
  readonly browser: string | null;
  /** Of an earlier login of the account on this device. @param key of the account's address */
  readonly deviceToken: (key: string) => string | undefined;
}

/** @throws Problem those of {@link provePasskey}; SERVICE_UNAVAILABLE */
export async function signInWithPasskey(
  needs: ProvePasskeyNeeds & OpenTokensNeeds & Needing<'admitSigning'>,
  tried: PasskeySignIn & { readonly deviceName: string | undefined },
  context: RequestContext,
): Promise<SignedIn> {
  const sign = needs.admitSigning();
  return openTokens(needs, sign, await provePasskey(needs, tried, context), tried.deviceName, context);
}

/** @throws Problem as {@link provePasskey} */
export async function signInAtBrowserWithPasskey(
  needs: ProvePasskeyNeeds & OpenBrowserNeeds,
  tried: PasskeySignIn & AtBrowser,
  context: RequestContext,
): Promise<SignedInBrowser & { readonly email: string }> {
  const proved = await provePasskey(needs, tried, context);
  return { ...(await openBrowser(needs, proved, tried, context)), email: proved.account.email };
}

/**
 * Two calls with the one that opens the session, and no hash.
 * @throws Problem CHALLENGE_INVALID; PASSKEY_UNKNOWN for an id that nobody's has, which its browser may forget; RATE_LIMITED;
 * INVALID_CREDENTIALS, whatever else it is refused for
 */
async function provePasskey(
  needs: ProvePasskeyNeeds,
  { assertion, browser, deviceToken }: PasskeySignIn,
  context: RequestContext,
): Promise<SigningIn & { readonly account: TokenSubject }> {
  const { database, settings, deviceTokens } = needs;
  const challenged = await challengeOf(needs, assertion, { use: 'login', of: browser }, context.now);
  const pseudonymize = await needs.pseudonyms();
  const limits = limitsAt(context.now, pseudonymize, settings);
  const credentialId = Buffer.from(assertion.id, 'base64url');
  const { exceeded, passkey } = await findPasskey(
    database,
    credentialId,
    limits.byIp('loginPerIp', context.ipAddress),
    context,
  );
  if (exceeded) throw refusal('rate_limit_exceeded', tooMany(exceeded));
  if (!passkey) throw refusal('user_not_found', new Problem('PASSKEY_UNKNOWN'));

  const checked = isHandleOf(assertion, passkey) ? checkAssertion(challenged, assertion, passkey) : null;
  const reason = reasonAgainst(passkey, checked !== null);
  if (!checked || reason) {
    const why = reason ?? 'invalid_password';
    await recordMiss(
      database,
      { userId: passkey.user_id, email: passkey.email, kind: 'passkey', reason: why },
      context,
    );
    throw refusal(why, new Problem('INVALID_CREDENTIALS', { detail: 'The passkey was not accepted.' }));
  }
  await assertVerified({ database, settings }, passkey, limits, context);
  const device = knownDevice(await deviceTokens.read(deviceToken(emailKey(passkey.email)), context.now), passkey);
  return {
    account: passkey,
    shown: { amr: methodsOf.passkey, factor: checked.use, once: checked.once },
    deviceId: device?.deviceId ?? null,
    // Of a known device the failures before are its own, and forgiven; those of the address are guesses at the password, of
    // which a passkey says nothing.
    guessKey: device ? pseudonymize('device', device.deviceId) : pseudonymize('passkey', passkey.factor_id),
    upgradedHash: null,
    limits,
  };
}

/** As it is counted and recorded; null where it signs in. */
function reasonAgainst({ is_locked, is_usable }: PasskeyAccount, fits: boolean): FailureReason | null {
  if (!fits) return 'invalid_password';
  if (is_locked) return 'account_locked';
  return is_usable ? null : 'invalid_password';
}

/** §7.2 step 6: who is not known before says so by the user handle, and it is the account's. */
const isHandleOf = ({ response: { userHandle } }: AssertionCredential, { webauthn_id }: PasskeyAccount): boolean =>
  userHandle !== undefined && Buffer.from(webauthn_id).equals(Buffer.from(userHandle, 'base64url'));

/** As store/login-admission.ts knows it: of this account, with the password that it has, and not forgotten since. */
function knownDevice(device: DeviceToken | null, passkey: PasskeyAccount): DeviceToken | null {
  const isTheirs =
    device?.userId === passkey.user_id &&
    device.passwordEpoch === passkey.password_epoch &&
    (passkey.devices_since === null || passkey.devices_since <= device.issuedAt.getTime());
  return isTheirs ? device : null;
}
