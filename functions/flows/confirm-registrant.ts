/** Whether whoever has the mail is who registered: asked where the setting `verification` is `registrant` (S56). */

import type { AccessClaims } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import { Problem } from '../domain/problem.ts';
import { limitsAt, tooMany } from '../domain/rate-limit.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { settings } from '../runtime/settings.ts';
import type { Database } from '../store/database.ts';
import { findCallerCredentials, findCredentials, findLock } from '../store/passwords.ts';
import { comparePassword, passwordRefusal } from './confirm-password.ts';
import { pseudonyms } from './read-link.ts';

/** What the request brought along of the two that are enough. */
export interface Registrant {
  readonly claims?: AccessClaims | null | undefined;
  readonly password?: string | undefined;
}

/** @throws Problem INVALID_CREDENTIALS, ACCOUNT_LOCKED, or TOKEN_INVALID for a session that is over or another's */
export async function confirmRegistrant(
  database: Database,
  userId: UserId,
  { claims, password }: Registrant,
  context: RequestContext,
): Promise<void> {
  if (settings.verification === 'anyone') return;
  if (claims) {
    if (claims.sub === userId && (await findCallerCredentials(database, claims, [], context)).credentials) return;
    throw new Problem('TOKEN_INVALID');
  }
  const pseudonymize = await pseudonyms();
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
  // By the link's account, apart from logins: whoever has the mailbox locks nobody out.
  const guessKey = pseudonymize('registrant', userId);
  await comparePassword(database, password, credentials, { userId, guessKey, guessedBy: 'link' }, context);
  const retryAfter = await findLock(database, guessKey, context.now);
  if (retryAfter !== null) throw passwordRefusal(retryAfter);
}
