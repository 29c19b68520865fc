/** Signing in at the hosted pages by a mailed code, or by the link in the browser that asked for it. */

import type { RequestContext } from '../domain/request-context.ts';
import { spend } from '../store/used-once.ts';
import { demandedFactors, suspend } from './demand-factor.ts';
import type { Needing } from './needs.ts';
import { type MailedProof, type ProveByMailNeeds, proveByMail } from './prove-by-mail.ts';
import { refusal } from './prove-person.ts';
import {
  type AtBrowser,
  type BrowserSignIn,
  type OpenBrowserNeeds,
  openBrowser,
  type SignedInBrowser,
  type Suspended,
} from './sign-in-at-browser.ts';

export type MailAtBrowserNeeds = ProveByMailNeeds & OpenBrowserNeeds & Needing<'pendingSignIns'>;

type Given = Omit<MailedProof, 'door'> & Pick<BrowserSignIn, 'browser'> & Pick<AtBrowser, 'replaces'>;

/** @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); RATE_LIMITED; RESOURCE_NOT_FOUND */
export async function signInByMailAtBrowser(
  needs: MailAtBrowserNeeds,
  { browser, replaces, ...proof }: Given,
  context: RequestContext,
): Promise<(SignedInBrowser | Suspended) & { readonly email: string }> {
  const proved = await proveByMail(needs, { ...proof, door: 'browser' }, context);
  const { email, keep = false } = proved.login;
  const methods = demandedFactors(proved.account, proved.shown.amr, needs.settings);
  if (!methods) return { ...(await openBrowser(needs, proved, { keep, replaces }, context)), email };
  // The mail has done its part, whether or not the other factor follows.
  if (!(await spend(needs.database, proved.shown.once))) throw refusal('invalid_password');
  const pending = await suspend(needs.pendingSignIns, proved, { door: 'browser', methods, keep, browser }, context);
  return { pending, methods, email };
}
