/**
 * The link that is mailed when an administrator took somebody's factors. With the password it begins a session, at level 1,
 * in which the first factor is set up. Neither half is enough: a password that the mailbox has reset meanwhile ends the
 * link, and no other session sets a factor up, so that nobody slips in before its owner has one.
 */
import type { OneTimeToken } from '../domain/one-time-token.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Needing } from './needs.ts';
import { type Proved, type ProveNeeds, provePerson } from './prove-person.ts';
import { deadLink, type LinkNeeds } from './read-link.ts';
import { openReset } from './reset-password.ts';
import type { SignedIn } from './session-tokens.ts';
import { type OpenTokensNeeds, openTokens } from './sign-in.ts';
import { type AtBrowser, type OpenBrowserNeeds, openBrowser, type SignedInBrowser } from './sign-in-at-browser.ts';

export interface RestoringFactors {
  /** The link's. */
  readonly token: string;
  readonly password: string;
}

export type RestoreNeeds = LinkNeeds & ProveNeeds;

/** @throws Problem RESET_TOKEN_INVALID, RESET_TOKEN_EXPIRED, INVALID_CREDENTIALS, RATE_LIMITED, FORBIDDEN */
async function prove(
  needs: RestoreNeeds,
  { token: encoded, password }: RestoringFactors,
  context: RequestContext,
): Promise<Proved & { readonly shown: { readonly link: OneTimeToken } }> {
  const { token: link, email } = await openReset(needs, encoded, context, 'reset_factors');
  const proved = await provePerson(needs, { email, password, deviceToken: undefined }, context);
  if (proved.account.has_second_factor) throw deadLink('reset_factors');
  return { ...proved, shown: { ...proved.shown, link } };
}

/** At the JSON door. @throws Problem those of {@link prove}, SERVICE_UNAVAILABLE */
export async function restoreFactors(
  needs: RestoreNeeds & OpenTokensNeeds & Needing<'admitSigning'>,
  { deviceName, ...given }: RestoringFactors & { readonly deviceName: string | undefined },
  context: RequestContext,
): Promise<SignedIn> {
  const sign = needs.admitSigning();
  return openTokens(needs, sign, await prove(needs, given, context), deviceName, context);
}

/** At the pages. @throws Problem those of {@link prove} */
export async function restoreFactorsAtBrowser(
  needs: RestoreNeeds & OpenBrowserNeeds,
  given: RestoringFactors,
  at: AtBrowser,
  context: RequestContext,
): Promise<{ readonly signedIn: SignedInBrowser; readonly email: string }> {
  const proved = await prove(needs, given, context);
  return { signedIn: await openBrowser(needs, proved, at, context), email: proved.account.email };
}
