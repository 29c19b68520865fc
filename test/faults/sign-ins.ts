/** Sign-ins at browsers, as the statement that opens their sessions sees them: a hash each would take hours. */
import { type BrowserCookie, newBrowserCookie } from '../../functions/domain/browser-session.ts';
import { newId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import type { Database } from '../../functions/store/database.ts';
import { openSession } from '../../functions/store/logins.ts';
import { createUser } from '../../functions/store/users.ts';
import { contextAt } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import type { Ordeal } from './relay-ordeal.ts';

const PEOPLE = 40;

/** Each of the people signs in again and again in one browser, whose session before ends each time. */
export async function signIns(database: Database): Promise<NonNullable<Ordeal['request']>> {
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(database)));
  let next = 0;
  return async (_service, failing) => {
    const person = people[next++ % PEOPLE];
    if (!person) return 0;
    const { sessionId, hash } = newBrowserCookie(newId<SessionId>());
    const session = {
      sessionId,
      hash,
      kind: 'browser',
      replaces: person.cookie,
      idleSeconds: 60,
      maxSeconds: 60,
    } as const;
    const opening = {
      userId: person.userId,
      email: person.email,
      orgId: null,
      deviceName: undefined,
      session,
      passwordEpoch: 0,
      upgradedHash: null,
      guessKey: hash,
      knownDevice: true,
    };
    const isOpen = await openSession(failing, opening, [], contextAt(new Date())).catch(() => false);
    // The answer of a commit may be lost: the cookie is then that of a session that there is, or not.
    person.cookie = { sessionId, hash };
    return isOpen ? 1 : 0;
  };
}

async function newPerson(database: Database): Promise<{ userId: UserId; email: string; cookie: BrowserCookie | null }> {
  const context = contextAt(new Date());
  const [userId, email] = [newId<UserId>(), newEmail()];
  const verification = { tokenId: newId<TokenId>(), expiresAt: context.now };
  const user = {
    userId,
    email,
    passwordHash: '',
    profile: {},
    organization: null,
    verification,
    claimEnd: context.now,
  };
  await createUser(database, user, [], context);
  return { userId, email, cookie: null };
}
