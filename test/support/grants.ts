/** What a browser's visit to /oauth/authorize would have given: a browser's session and a code, for tests of what follows. */
import { createHash, randomBytes } from 'node:crypto';
import type { ClaimsRequest } from '../../functions/domain/authorization-request.ts';
import { newBrowserCookie } from '../../functions/domain/browser-session.ts';
import { newId, type SessionId } from '../../functions/domain/ids.ts';
import type { Answer } from './answer.ts';
import type { TestClient } from './clients.ts';
import type { Service } from './service.ts';

type Host = Pick<Service, 'sql' | 'send'>;

export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
export const challengeOf = (text: string) => createHash('sha256').update(text).digest('base64url');
const form = { 'content-type': 'application/x-www-form-urlencoded' };

export interface Browser {
  readonly sessionId: SessionId;
  readonly hash: Buffer;
}

export async function newBrowser({ sql }: Host, { userId }: { readonly userId: string }): Promise<Browser> {
  const { sessionId, hash } = newBrowserCookie(newId<SessionId>());
  await sql(
    `insert into sessions (
      session_id, kind, user_id, org_id, password_epoch, user_agent, ip_address, device_name, current_hash, rotated_at,
      created_at, last_seen_at, idle_seconds, idle_expires_at, expires_at
    )
    select
      $1, 'browser', user_id, (select org_id from memberships where user_id = $2 order by created_at limit 1),
      password_epoch, 'Firefox', '192.0.2.7', 'laptop', $3, now(), now() - interval '5 minutes', now(), 3600,
      now() + interval '1 hour', now() + interval '2 hours'
    from users where user_id = $2`,
    [sessionId, userId, hash],
  );
  return { sessionId, hash };
}

export interface CodeWishes {
  readonly browser?: Browser;
  readonly scope?: readonly string[];
  readonly resource?: readonly string[];
  readonly claims?: ClaimsRequest;
  readonly nonce?: string;
  /** The thumbprint of the key that it is bound to (RFC 9449 §10). */
  readonly dpopJkt?: string;
  /** None at all, where null. */
  readonly challenge?: string | null;
  /** Seconds from now. */
  readonly expiresIn?: number;
}

/** Where a client of others needs a consent, it was given. */
export async function newCode(
  host: Host,
  person: { readonly userId: string },
  client: Pick<TestClient, 'clientId' | 'redirectUri'>,
  wishes: CodeWishes = {},
): Promise<string> {
  const {
    scope = ['openid'],
    resource,
    claims,
    nonce,
    challenge = challengeOf(verifier),
    expiresIn = 60,
    dpopJkt,
  } = wishes;
  const browser = wishes.browser ?? (await newBrowser(host, person));
  const code = randomBytes(32).toString('base64url');
  await host.sql(
    `insert into consents (consent_id, user_id, client_id, scopes, consent_hash, given_at)
    select $1, $2, client_id, $4, consent_hash, now() from clients where client_id = $3
    on conflict (user_id, client_id) do update set scopes = array(select unnest(consents.scopes || excluded.scopes))`,
    [newId(), person.userId, client.clientId, scope],
  );
  await host.sql(
    `insert into authorization_codes (
      code_hash, client_id, user_id, password_epoch, browser_session_id, redirect_uri, code_challenge, nonce, scope,
      resource, claims, dpop_jkt, auth_time, created_at, expires_at
    )
    select
      $1, $2, s.user_id, s.password_epoch, s.session_id, $4, $5, $6, $7, $8, $9, $11, s.created_at, now(),
      now() + make_interval(secs => $10)
    from sessions s where s.session_id = $3`,
    [
      createHash('sha256').update(code).digest(),
      ...[client.clientId, browser.sessionId, client.redirectUri, challenge, nonce ?? null, scope, resource ?? null],
      ...[claims ? JSON.stringify(claims) : null, expiresIn, dpopJkt ?? null],
    ],
  );
  return code;
}

/** A form to one of the endpoints, with the client's own way of showing who it is. A list comes several times. */
export function formTo(
  { send }: Pick<Host, 'send'>,
  path: string,
  client: Pick<TestClient, 'clientId' | 'basic'>,
  fields: Readonly<Record<string, string | readonly string[]>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const all = client.basic.authorization === undefined ? { client_id: client.clientId, ...fields } : fields;
  const body = new URLSearchParams(
    Object.entries(all).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one as string]),
    ),
  );
  return send('POST', path, body.toString(), { ...form, ...client.basic, ...headers } as Record<string, string>);
}

export const exchange = (
  host: Host,
  client: TestClient,
  code: string,
  more: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
) => {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
    ...more,
  };
  return formTo(host, '/oauth/token', client, fields, headers);
};

export const refresh = (
  host: Host,
  client: TestClient,
  refreshToken: string,
  more: Readonly<Record<string, string | readonly string[]>> = {},
  headers: Readonly<Record<string, string>> = {},
) =>
  formTo(host, '/oauth/token', client, { grant_type: 'refresh_token', refresh_token: refreshToken, ...more }, headers);
