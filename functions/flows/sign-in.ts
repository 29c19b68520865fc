/** Signing in by address and password at the JSON door: first the person is proved, then the session opened. */
import type { SignToken, TokenSettings } from '../domain/access-token.ts';
import { newId, type SessionId } from '../domain/ids.ts';
import { firstRefreshToken } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type SessionLifetimeSettings, sessionLifetime } from '../domain/session-lifetime.ts';
import { countOutcome } from '../runtime/metrics.ts';
import type { Needing } from './needs.ts';
import { openFor } from './open-session.ts';
import { type Credentials, type Proved, type ProveNeeds, provePerson } from './prove-person.ts';
import { issueToken, type SignedIn } from './session-tokens.ts';

export type SignInNeeds = ProveNeeds &
  Needing<'refreshTokens' | 'admitSigning', SessionLifetimeSettings & TokenSettings>;

export interface SignIn extends Credentials {
  readonly deviceName: string | undefined;
}

/** @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RATE_LIMITED; SERVICE_UNAVAILABLE */
export async function signIn(needs: SignInNeeds, tried: SignIn, context: RequestContext): Promise<SignedIn> {
  const sign = needs.admitSigning();
  const signedIn = await open(needs, sign, await provePerson(needs, tried, context), tried, context);
  countOutcome('Logins', 'succeeded');
  return signedIn;
}

async function open(
  needs: SignInNeeds,
  sign: SignToken,
  proved: Proved,
  tried: SignIn,
  context: RequestContext,
): Promise<SignedIn> {
  const { settings, refreshTokens } = needs;
  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await refreshTokens.keys());
  const session = { sessionId, hash: token.hash, kind: 'api', ...sessionLifetime(settings) } as const;
  const [deviceToken, issued] = await Promise.all([
    openFor(needs, proved, { ...tried, session }, context),
    issueToken(sign, settings, proved.account, { sessionId, now: context.now }),
  ]);
  return { ...issued, refreshToken: token.encoded, deviceToken };
}
