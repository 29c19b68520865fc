/** Browsers that ask for codes, for tests. */
import { createHash, randomBytes } from 'node:crypto';
import { newBrowserCookie } from '../../functions/domain/browser-session.ts';
import { type ConsentId, newId, type SessionId } from '../../functions/domain/ids.ts';
import type { Answer } from './answer.ts';
import type { TestClient } from './clients.ts';
import type { Service } from './service.ts';

export interface SignedIn {
  readonly sessionId: SessionId;
  /** As a request's header. */
  readonly headers: { readonly cookie: string };
}

/** A browser in which the person has just signed in. */
export async function signedInBrowser(
  service: Service,
  { userId }: { readonly userId: string },
  { at = new Date() }: { readonly at?: Date } = {},
): Promise<SignedIn> {
  const { sessionId, hash, value } = newBrowserCookie(newId<SessionId>());
  await service.sql(
    `insert into sessions (
      session_id, kind, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at,
      idle_seconds, idle_expires_at, expires_at
    )
    select $1, 'browser', user_id, password_epoch, '127.0.0.1', $3, $4, $4, $4, 3600, $4::timestamptz + interval '1 hour',
      $4::timestamptz + interval '1 day'
    from users
    where user_id = $2`,
    [sessionId, userId, hash, at],
  );
  return { sessionId, headers: { cookie: `identity=${value}` } };
}

/** @returns the id of a consent that the person has given to the client */
export async function consented(
  service: Service,
  { userId }: { readonly userId: string },
  { clientId }: Pick<TestClient, 'clientId'>,
  { scopes = ['openid'], at = new Date() }: { readonly scopes?: readonly string[]; readonly at?: Date } = {},
): Promise<ConsentId> {
  const consentId = newId<ConsentId>();
  await service.sql(
    `insert into consents (consent_id, user_id, client_id, scopes, consent_hash, given_at)
    select $1, $2, client_id, $4, consent_hash, $5 from clients where client_id = $3`,
    [consentId, userId, clientId, scopes, at],
  );
  return consentId;
}

export const newVerifier = () => randomBytes(32).toString('base64url');
export const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

/** A request that every client may send; a list is sent as often as it has values, undefined is left out. */
export function authorizeQuery(
  { clientId, redirectUri }: Pick<TestClient, 'clientId' | 'redirectUri'>,
  more: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): string {
  const parameters = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'as it was',
    code_challenge: challengeOf('a verifier of forty-three characters or more'),
    code_challenge_method: 'S256',
    ...more,
  };
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

/** Where an answer leads, with what it carries; none where it does not lead anywhere. */
export function ledTo({ headers }: Answer): URL | null {
  const location = headers.get('location');
  return location === null ? null : new URL(location, 'https://own.invalid');
}

/** The parameters of an answer to a client. */
export const answered = (answer: Answer) => Object.fromEntries(ledTo(answer)?.searchParams ?? []);
