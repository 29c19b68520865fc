/** Whether whoever has the mail is who registered: asked where the setting `verification` is `registrant` (S56). */

import type { AccessClaims } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { findCallerCredentials, findCredentials, findLock } from '../store/passwords.ts';
import { type ConfirmNeeds, comparePassword, passwordRefusal } from './confirm-password.ts';
import type { Needing } from './needs.ts';

/** What the request brought along of the three, each of which is enough. */
export interface Registrant {
  readonly claims?: AccessClaims | null | undefined;
  readonly password?: string | undefined;
  /** Whom the browser registered that the request is from. */
  readonly registered?: UserId | undefined;
}

type ProofSettings = Pick<Settings, 'verification'>;

export type RegistrantNeeds = ConfirmNeeds & Needing<never, ProofSettings>;

export const asksForRegistrant = ({ verification }: ProofSettings): boolean => verification === 'registrant';

/** @throws Problem INVALID_CREDENTIALS, ACCOUNT_LOCKED, or TOKEN_INVALID for a session that is over or another's */
export async function confirmRegistrant(
  needs: RegistrantNeeds,
  userId: UserId,
  { claims, password, registered }: Registrant,
  context: RequestContext,
): Promise<void> {
  const { database, settings } = needs;
  if (!asksForRegistrant(settings) || registered === userId) return;
  if (claims) {
    if (claims.sub === userId && (await findCallerCredentials(database, claims, [], null, context)).credentials) return;
    throw new Problem('TOKEN_INVALID');
  }
  const pseudonymize = await needs.pseudonyms();
  const perLink = limitsAt(context.now, pseudonymize, settings).by('passwordPerLink', userId);
  const { credentials, exceeded } = password
    ? await findCredentials(database, userId, perLink, context)
    : { credentials: null, exceeded: null };
  if (exceeded) throw tooMany(exceeded);
  if (!password || !credentials) {
    throw new Problem('INVALID_CREDENTIALS', {
      detail: 'The session, or the password, of whoever registered is needed.',
    });
  }
  // By the link's account, apart from logins: the mailbox's holder cannot lock the account's owner out.
  const guessKey = pseudonymize('registrant', userId);
  await comparePassword(needs, password, credentials, { userId, guessKey, guessedBy: 'link' }, context);
  const retryAfter = await findLock(database, guessKey, context.now);
  if (retryAfter !== null) throw passwordRefusal(retryAfter);
}
