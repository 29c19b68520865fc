/** The end of a registration at the hosted pages: the mailed code, typed where it was asked for, signs the person in. */
import { type BrowserCookie, newBrowserCookie } from '../domain/browser-session.ts';
import { newDeviceId } from '../domain/device-token.ts';
import { emailKey } from '../domain/email-address.ts';
import { newId, type SessionId, type UserId } from '../domain/ids.ts';
import { limitsAt } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { browserLifetime } from '../domain/session-lifetime.ts';
import type { Settings } from '../domain/settings.ts';
import { countOutcome } from '../runtime/metrics.ts';
import { byPassword, openSession } from '../store/logins.ts';
import type { Needing } from './needs.ts';
import type { SignedInBrowser } from './sign-in-at-browser.ts';
import { type VerifyByCodeNeeds, verifyByCode } from './verify-by-code.ts';

export type ConfirmSignUpNeeds = VerifyByCodeNeeds &
  Needing<'deviceTokens', Pick<Settings, 'browserSessions' | 'emailLogin'>>;

/** What this browser registered. */
export interface BrowserRegistration {
  readonly userId: UserId;
  readonly email: string;
}

/** A new account's password is its first; who claims the account meanwhile sets another. */
const FIRST_EPOCH = 0;

/**
 * The password was given in this very browser, so it is not asked for again.
 * @returns null where another password was set meanwhile: the address is verified, and the person signs in with that one
 * @throws Problem those of {@link verifyByCode}
 */
export async function confirmSignUp(
  needs: ConfirmSignUpNeeds,
  { userId, email }: BrowserRegistration,
  digits: string,
  replaces: BrowserCookie | null,
  context: RequestContext,
): Promise<SignedInBrowser | null> {
  await verifyByCode(needs, { userId, digits }, { registered: userId }, context);
  const { database, settings, deviceTokens } = needs;
  const pseudonymize = await needs.pseudonyms();
  const key = emailKey(email);
  const { sessionId, hash, value } = newBrowserCookie(newId<SessionId>());
  const session = { sessionId, hash, kind: 'browser', replaces, ...browserLifetime(settings, false) } as const;
  const [opened, deviceToken] = await Promise.all([
    openSession(
      database,
      {
        userId,
        email,
        orgId: null,
        deviceName: undefined,
        session,
        shown: settings.emailLogin === 'only' ? { ...byPassword, amr: ['email'] } : byPassword,
        passwordEpoch: FIRST_EPOCH,
        upgradedHash: null,
        guessKey: pseudonymize('address', key),
        knownDevice: false,
      },
      limitsAt(context.now, pseudonymize, settings).ofMail('new_device', key),
      context,
    ),
    deviceTokens.seal({ userId, deviceId: newDeviceId(), passwordEpoch: FIRST_EPOCH, issuedAt: context.now }),
  ]);
  if (!opened) return null;
  countOutcome('Logins', 'succeeded');
  return { userId, cookie: value, keepSeconds: null, deviceToken };
}
