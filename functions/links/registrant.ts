/** Whether whoever has the mail is who registered: asked where the setting `verification` is `registrant` (S56). */
import type { Database } from '../aws/data-api.ts';
import { comparePassword, passwordRefusal } from '../current-password.ts';
import type { AccessClaims } from '../domain/access-token.ts';
import type { UserId } from '../domain/ids.ts';
import type { Origin } from '../domain/origin.ts';
import { Problem } from '../domain/problem.ts';
import { limit, limits, tooMany } from '../domain/rate-limit.ts';
import { settings } from '../settings.ts';
import { findCallerCredentials, findCredentials, findLock } from '../store/passwords.ts';
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
  origin: Origin,
): Promise<void> {
  if (settings.verification === 'anyone') return;
  if (claims) {
    if (claims.sub === userId && (await findCallerCredentials(database, claims, [], origin)).credentials) return;
    throw new Problem('TOKEN_INVALID');
  }
  const pseudonymize = await pseudonyms();
  const perLink = limits(limit('passwordPerLink', userId, pseudonymize, origin.now));
  const { credentials, exceeded } = password
    ? await findCredentials(database, userId, perLink, origin)
    : { credentials: null, exceeded: null };
  if (exceeded) throw tooMany(exceeded);
  if (!password || !credentials) {
    throw new Problem('INVALID_CREDENTIALS', {
      detail: 'The session, or the password, of whoever registered is needed.',
    });
  }
  // By the link's account, apart from logins: whoever has the mailbox locks nobody out.
  const guessKey = pseudonymize('registrant', userId);
  await comparePassword(database, password, credentials, { userId, guessKey, guessedBy: 'link' }, origin);
  const retryAfter = await findLock(database, guessKey, origin.now);
  if (retryAfter !== null) throw passwordRefusal(retryAfter);
}
