/**
 * Sign-ins to a client, as the statements see them that open the browser's session, issue the code, and exchange it: a hash
 * each would take hours.
 */
import { randomBytes } from 'node:crypto';
import { type BrowserCookie, newBrowserCookie } from '../../functions/domain/browser-session.ts';
import { newId, type SessionId, type TokenId, type UserId } from '../../functions/domain/ids.ts';
import type { RequestContext } from '../../functions/domain/request-context.ts';
import { authorize } from '../../functions/store/authorizations.ts';
import { exchangeCode } from '../../functions/store/code-exchange.ts';
import type { Database } from '../../functions/store/database.ts';
import { byPassword, openSession } from '../../functions/store/logins.ts';
import { createUser } from '../../functions/store/users.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { consented } from '../support/oauth.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { defaultSettings } from '../support/settings.ts';
import type { Ordeal } from './relay-ordeal.ts';

const PEOPLE = 40;
/** The share of the codes that are exchanged again, which ends what they gave. */
const AGAIN = 0.1;

interface AtBrowser {
  readonly userId: UserId;
  readonly email: string;
  cookie: BrowserCookie | null;
}

/** Each of the people signs in again and again in one browser, whose session before ends each time. */
export async function signIns(service: Service): Promise<NonNullable<Ordeal['request']>> {
  const database = await databaseOf(service);
  const client = await newClient(service, 'confidential');
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => newPerson(database)));
  for (const person of people) await consented(service, person, client);
  let next = 0;
  return async (_service, failing) => {
    const person = people[next++ % PEOPLE];
    if (!person) return 0;
    const context = contextAt(new Date());
    const isOpen = await signIn(failing, person, context);
    const code = isOpen ? await issue(failing, client, person, context) : null;
    if (code) await exchange(failing, client, code, context);
    if (code && Math.random() < AGAIN) await exchange(failing, client, code, context);
    return isOpen ? 1 : 0;
  };
}

/** A failure is the caller's: whether it was before or after the commit, nobody can tell. */
const ignored = () => null;

async function signIn(database: Database, person: AtBrowser, context: RequestContext): Promise<boolean> {
  const { sessionId, hash } = newBrowserCookie(newId<SessionId>());
  const session = {
    sessionId,
    hash,
    kind: 'browser',
    replaces: person.cookie,
    idleSeconds: 60,
    maxSeconds: 60,
  } as const;
  const { userId, email } = person;
  const opening = {
    ...{ userId, email, session, orgId: null, deviceName: undefined, passwordEpoch: 0, upgradedHash: null },
    ...{ guessKey: hash, knownDevice: true, shown: byPassword },
  };
  const isOpen = await openSession(database, opening, [], context).catch(ignored);
  // The answer of a commit may be lost: the cookie is then that of a session that there is, or not.
  person.cookie = { sessionId, hash };
  return Boolean(isOpen);
}

/** @returns what the code's row has of it; null where none was issued, as far as the client knows */
async function issue(database: Database, client: TestClient, { cookie }: AtBrowser, { now }: RequestContext) {
  const codeHash = randomBytes(32);
  const request = {
    ...{
      clientId: client.clientId,
      redirectUri: client.redirectUri,
      responseMode: 'query' as const,
      scope: ['openid' as const],
    },
    ...{ resource: [], prompt: [], codeChallenge: 'c'.repeat(43), arrivedAt: now.getTime() },
  };
  const asking = { clientId: client.clientId, request, pushed: null, codeHash, browser: cookie };
  return (await authorize(database, asking, defaultSettings, now).catch(ignored))?.is_issued ? codeHash : null;
}

function exchange(database: Database, client: TestClient, codeHash: Buffer, context: RequestContext) {
  const session = {
    ...{ sessionId: newId<SessionId>(), hash: randomBytes(32), refresh: 'keeps' as const },
    ...{ dpopJkt: null, idleSeconds: null },
    ...{ lifetime: { idleSeconds: 60, maxSeconds: 60 }, mayOutlive: false },
  };
  const presented = {
    ...{
      grant: 'authorization_code' as const,
      codeHash,
      clientId: client.clientId,
      shown: [],
      jkt: null,
      redirectUri: client.redirectUri,
    },
    ...{ challenge: 'c'.repeat(43), scope: null, resource: null, defaultAudience: 'x', session },
  };
  return exchangeCode(database, presented, defaultSettings, context).catch(ignored);
}

async function newPerson(database: Database): Promise<AtBrowser> {
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
