/** Proving by a second factor who somebody is, after a first one: what the sign-in waited for (demand-factor.ts). */
import type { TokenSubject } from '../domain/access-token.ts';
import { methodsOf } from '../domain/authentication-level.ts';
import type { BrowserCookie } from '../domain/browser-session.ts';
import { type Door, onceOf, openPending, type PendingSignIn } from '../domain/pending-sign-in.ts';
import { Problem } from '../domain/problem.ts';
import { type LimitSettings, limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { countTry } from '../store/factor-guesses.ts';
import { recordMiss } from '../store/factor-misses.ts';
import { secondFactorOf } from './demand-factor.ts';
import type { Needing } from './needs.ts';
import type { SigningIn } from './open-session.ts';
import { refusal } from './prove-person.ts';
import {
  type CheckNeeds,
  checkFactor,
  credentialOf,
  type GivenFactor,
  guesses,
  wrongFactor,
} from './second-factors.ts';
import type { SignedIn } from './session-tokens.ts';
import { type OpenTokensNeeds, openTokens } from './sign-in.ts';
import { type OpenBrowserNeeds, openBrowser, type SignedInBrowser } from './sign-in-at-browser.ts';

export type ProveSecondNeeds = CheckNeeds &
  Needing<'database' | 'pseudonyms' | 'pendingSignIns', LimitSettings & DemandSettings>;

export interface SecondSignIn extends GivenFactor {
  /** By which the sign-in goes on. */
  readonly pending: string;
}

/** @throws Problem those of {@link proveSecond}; INVALID_CREDENTIALS when the factor was used at this moment */
export async function signInBySecond(
  needs: ProveSecondNeeds & OpenTokensNeeds & Needing<'admitSigning'>,
  tried: SecondSignIn,
  context: RequestContext,
): Promise<SignedIn> {
  const sign = needs.admitSigning();
  const { proved, pending } = await proveSecond(needs, tried, 'api', context);
  return openTokens(needs, sign, proved, pending.deviceName, context);
}

/** @throws Problem as {@link signInBySecond} */
export async function signInAtBrowserBySecond(
  needs: ProveSecondNeeds & OpenBrowserNeeds,
  tried: SecondSignIn & { readonly replaces: BrowserCookie | null },
  context: RequestContext,
): Promise<SignedInBrowser> {
  const { proved, pending } = await proveSecond(needs, tried, 'browser', context);
  return openBrowser(needs, proved, { keep: pending.keep ?? false, replaces: tried.replaces }, context);
}

/**
 * The sign-in may be tried on after a wrong code, and opens one session. Of a known device, tries are counted by the device:
 * who has the password and guesses elsewhere does not keep the owner out.
 * @throws Problem SIGN_IN_EXPIRED, VALIDATION_ERROR, RATE_LIMITED, INVALID_CREDENTIALS
 */
async function proveSecond(
  needs: ProveSecondNeeds,
  given: SecondSignIn,
  door: Door,
  context: RequestContext,
): Promise<{ readonly proved: SigningIn & { readonly account: TokenSubject }; readonly pending: PendingSignIn }> {
  const { database, settings } = needs;
  const pending = await openPending(needs.pendingSignIns, given.pending, door, context.now);
  if (!pending) throw new Problem('SIGN_IN_EXPIRED');
  const { method } = given;
  if (!pending.methods.includes(method)) {
    throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: '/method', detail: 'is not among those asked for' }] });
  }
  const limits = limitsAt(context.now, await needs.pseudonyms(), settings);
  const { userId, passwordEpoch, deviceId, email } = pending;
  const counts = guesses(limits, method, { by: deviceId ?? userId, of: pending.id, userId });
  const { exceeded, account, factor } = await countTry(
    database,
    { userId, passwordEpoch, kind: method, credentialId: credentialOf(given), of: pending.id },
    counts.all,
    settings,
    context,
  );
  if (exceeded) throw refusal('rate_limit_exceeded', tooMany(exceeded));
  if (!account) throw new Problem('SIGN_IN_EXPIRED');
  const used =
    factor && (await checkFactor(needs, { given, userId, factor, asked: secondFactorOf(pending), now: context.now }));
  if (!used) {
    await recordMiss(database, { userId, email, kind: method }, context);
    throw refusal('invalid_password', wrongFactor(method));
  }
  return {
    pending,
    proved: {
      account,
      shown: {
        amr: [...pending.amr, ...methodsOf[method]],
        factor: used.use,
        once: { ...onceOf(pending), tries: counts.wrong },
      },
      deviceId,
      guessKey: Buffer.from(pending.guessKey, 'base64url'),
      upgradedHash: pending.upgradedHash,
      limits,
    },
  };
}
