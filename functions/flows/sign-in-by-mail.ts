/** Signing in by a mailed code at the JSON door. */
import type { RequestContext } from '../domain/request-context.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import { spend } from '../store/used-once.ts';
import { demandedFactors, type SuspendNeeds, secondFactorRequired } from './demand-factor.ts';
import type { Needing } from './needs.ts';
import { type MailedProof, type ProveByMailNeeds, proveByMail } from './prove-by-mail.ts';
import { refusal } from './prove-person.ts';
import type { SignedIn } from './session-tokens.ts';
import { type OpenTokensNeeds, openTokens } from './sign-in.ts';

export type SignInByMailNeeds = ProveByMailNeeds &
  OpenTokensNeeds &
  SuspendNeeds &
  Needing<'admitSigning', DemandSettings>;

/**
 * @throws Problem INVALID_CREDENTIALS, whatever it is refused for (S7); SECOND_FACTOR_REQUIRED; RATE_LIMITED;
 * RESOURCE_NOT_FOUND; SERVICE_UNAVAILABLE
 */
export async function signInByMail(
  needs: SignInByMailNeeds,
  proof: Omit<MailedProof, 'door'>,
  deviceName: string | undefined,
  context: RequestContext,
): Promise<SignedIn> {
  const sign = needs.admitSigning();
  const proved = await proveByMail(needs, { ...proof, door: 'api' }, context);
  const methods = demandedFactors(proved.account, proved.shown.amr, needs.settings);
  if (methods) {
    // The mail has done its part, whether or not the other factor follows.
    if (!(await spend(needs.database, proved.shown.once))) throw refusal('invalid_password');
    throw await secondFactorRequired(needs, proved, { methods, deviceName }, context);
  }
  return openTokens(needs, sign, proved, deviceName, context);
}
