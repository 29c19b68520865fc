/** Signing in by address and password at the hosted pages: the session is the browser's, and opens by its cookie. */
import { type BrowserCookie, newBrowserCookie } from '../domain/browser-session.ts';
import { newId, type SessionId, type UserId } from '../domain/ids.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { browserLifetime } from '../domain/session-lifetime.ts';
import type { Settings } from '../domain/settings.ts';
import { countOutcome } from '../runtime/metrics.ts';
import type { Needing } from './needs.ts';
import { openFor } from './open-session.ts';
import { type Credentials, type ProveNeeds, provePerson } from './prove-person.ts';

export type BrowserSignInNeeds = ProveNeeds & Needing<never, Pick<Settings, 'browserSessions'>>;

export interface BrowserSignIn extends Credentials {
  /** "Keep me signed in". */
  readonly keep: boolean;
  /** What opened the session that the browser had; it ends, whoever's it was (S79). */
  readonly replaces: BrowserCookie | null;
}

export interface SignedInBrowser {
  readonly userId: UserId;
  /** The cookie's value, which nothing else has. */
  readonly cookie: string;
  /** How long the browser keeps it, seconds; null: until it is closed. */
  readonly keepSeconds: number | null;
  /** What the device is known by when the person signs in again. */
  readonly deviceToken: string;
}

/** @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RATE_LIMITED; SERVICE_UNAVAILABLE */
export async function signInAtBrowser(
  needs: BrowserSignInNeeds,
  tried: BrowserSignIn,
  context: RequestContext,
): Promise<SignedInBrowser> {
  const proved = await provePerson(needs, tried, context);
  const { sessionId, hash, value } = newBrowserCookie(newId<SessionId>());
  const lifetime = browserLifetime(needs.settings, tried.keep);
  const session = { sessionId, hash, kind: 'browser', replaces: tried.replaces, ...lifetime } as const;
  const deviceToken = await openFor(needs, proved, { ...tried, deviceName: undefined, session }, context);
  countOutcome('Logins', 'succeeded');
  return {
    userId: proved.account.user_id,
    cookie: value,
    keepSeconds: tried.keep ? lifetime.maxSeconds : null,
    deviceToken,
  };
}
