/** Signing in by address and password at the JSON door: first the person is proved, then the session opened. */
import type { SignToken, TokenSettings, TokenSubject } from '../domain/access-token.ts';
import { begunLevel, demandedAcr, isAsSure } from '../domain/authentication-level.ts';
import { newId, type SessionId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { firstRefreshToken } from '../domain/refresh-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { type SessionLifetimeSettings, sessionLifetime } from '../domain/session-lifetime.ts';
import { countOutcome } from '../runtime/metrics.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { demandedFactors, type SuspendNeeds, secondFactorRequired } from './demand-factor.ts';
import type { Needing } from './needs.ts';
import { openFor, type SigningIn } from './open-session.ts';
import { type Credentials, type ProveNeeds, provePerson, refusal } from './prove-person.ts';
import { issueToken, type SignedIn } from './session-tokens.ts';

export type OpenTokensNeeds = Needing<
  'database' | 'deviceTokens' | 'refreshTokens' | 'takeStatusIndex',
  SessionLifetimeSettings & TokenSettings
>;

export type SignInNeeds = ProveNeeds & OpenTokensNeeds & SuspendNeeds & Needing<'admitSigning', DemandSettings>;

export interface SignIn extends Credentials {
  readonly deviceName: string | undefined;
}

/**
 * @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); SECOND_FACTOR_REQUIRED; RATE_LIMITED;
 * SERVICE_UNAVAILABLE
 */
export async function signIn(needs: SignInNeeds, tried: SignIn, context: RequestContext): Promise<SignedIn> {
  const sign = needs.admitSigning();
  const proved = await provePerson(needs, tried, context);
  const methods = demandedFactors(proved.account, proved.shown.amr, needs.settings);
  if (methods) {
    throw await secondFactorRequired(needs, proved, { methods, deviceName: tried.deviceName }, context);
  }
  return openTokens(needs, sign, proved, tried.deviceName, context);
}

interface Demanded {
  /** Where the session begins, level 2 is demanded. */
  readonly demands_level_2: boolean;
}

/**
 * Whoever has to show more and has nothing to show gets tokens that enrol and do nothing else (domain/access-token.ts). A
 * door that does not say what is demanded opens no more than that below level 2.
 * @throws Problem INVALID_CREDENTIALS when the account or the factor changed at this moment
 */
export async function openTokens(
  needs: OpenTokensNeeds,
  sign: SignToken,
  signingIn: SigningIn & { readonly account: TokenSubject & Partial<Demanded> },
  deviceName: string | undefined,
  context: RequestContext,
): Promise<SignedIn> {
  const { settings, refreshTokens } = needs;
  const sessionId = newId<SessionId>();
  const token = firstRefreshToken(sessionId, await refreshTokens.keys());
  const statusIndex = await needs.takeStatusIndex();
  const session = { sessionId, hash: token.hash, kind: 'api', statusIndex, ...sessionLifetime(settings) } as const;
  const level = begunLevel(signingIn.shown.amr);
  const { account } = signingIn;
  const enrolsOnly = !isAsSure(level.acr, demandedAcr) && (account.demands_level_2 ?? true);
  const [opened, issued] = await Promise.all([
    openFor(needs, signingIn, { session, deviceName }, context),
    issueToken(sign, settings, account, { sessionId, now: context.now, level, statusIndex, enrolsOnly }),
  ]);
  if (!opened) throw refusal('invalid_password', signingIn.shown.once ? usedBefore() : undefined);
  countOutcome('Logins', 'succeeded');
  return { ...issued, refreshToken: token.encoded, ...opened };
}

const usedBefore = () =>
  new Problem('INVALID_CREDENTIALS', { detail: 'It was used before, or the account has changed. Begin again.' });
