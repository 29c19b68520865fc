/** Signing in by address and password at the hosted pages: the session is the browser's, and opens by its cookie. */
import type { SecondFactor } from '../domain/authentication-level.ts';
import { type BrowserCookie, newBrowserCookie } from '../domain/browser-session.ts';
import { newId, type SessionId, type UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { browserLifetime } from '../domain/session-lifetime.ts';
import type { Settings } from '../domain/settings.ts';
import { countOutcome } from '../runtime/metrics.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { demandedFactors, suspend } from './demand-factor.ts';
import type { Needing } from './needs.ts';
import { openFor, type SigningIn } from './open-session.ts';
import { type Credentials, type ProveNeeds, provePerson, refusal } from './prove-person.ts';

export type OpenBrowserNeeds = Needing<'database' | 'deviceTokens', Pick<Settings, 'browserSessions'>>;

export type BrowserSignInNeeds = ProveNeeds & OpenBrowserNeeds & Needing<'pendingSignIns', DemandSettings>;

export interface AtBrowser {
  /** "Keep me signed in". */
  readonly keep: boolean;
  /** What opened the session that the browser had; it ends, whoever's it was (S79). */
  readonly replaces: BrowserCookie | null;
}

export interface BrowserSignIn extends Credentials, AtBrowser {
  /** What only this browser has: no other goes on with a sign-in that waits for a second factor (S83). */
  readonly browser: string;
}

export interface SignedInBrowser {
  readonly userId: UserId;
  /** The cookie's value, which nothing else has. */
  readonly cookie: string;
  /** How long the browser keeps it, seconds; null: until it is closed. */
  readonly keepSeconds: number | null;
  /** What the device is known by when the person signs in again; null on one that people share. */
  readonly deviceToken: string | null;
}

/** Another factor is asked for. */
export interface Suspended {
  /** By which the sign-in goes on. */
  readonly pending: string;
  readonly methods: readonly SecondFactor[];
}

/** @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RATE_LIMITED; SERVICE_UNAVAILABLE */
export async function signInAtBrowser(
  needs: BrowserSignInNeeds,
  tried: BrowserSignIn,
  context: RequestContext,
): Promise<SignedInBrowser | Suspended> {
  const proved = await provePerson(needs, tried, context);
  const methods = demandedFactors(proved.account, proved.shown.amr, needs.settings);
  if (methods) {
    const pending = { door: 'browser', methods, keep: tried.keep, browser: tried.browser } as const;
    return { pending: await suspend(needs.pendingSignIns, proved, pending, context), methods };
  }
  return openBrowser(needs, proved, tried, context);
}

/** @throws Problem INVALID_CREDENTIALS when the account or the factor changed at this moment */
export async function openBrowser(
  needs: OpenBrowserNeeds,
  signingIn: SigningIn,
  { keep, replaces }: AtBrowser,
  context: RequestContext,
): Promise<SignedInBrowser> {
  const { sessionId, hash, value } = newBrowserCookie(newId<SessionId>());
  const lifetime = browserLifetime(needs.settings, keep);
  const session = { sessionId, hash, kind: 'browser', replaces, ...lifetime } as const;
  const opened = await openFor(needs, signingIn, { deviceName: undefined, session }, context);
  if (!opened) throw refusal('invalid_password');
  countOutcome('Logins', 'succeeded');
  return {
    userId: signingIn.account.user_id,
    cookie: value,
    keepSeconds: keep && opened.deviceToken !== null ? lifetime.maxSeconds : null,
    ...opened,
  };
}
