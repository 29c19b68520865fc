/** What clients of the OpenID provider do, each for a person and a browser of its own. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { newBrowserCookie } from '../../functions/domain/browser-session.ts';
import { newId, type SessionId } from '../../functions/domain/ids.ts';
import { sha256 } from '../../functions/domain/refresh-token.ts';
import { authorizeQuery, challengeOf } from '../support/oauth.ts';
import type { Connection } from './http-client.ts';
import type { Client } from './load.ts';
import type { Target } from './processes.ts';

/** Somebody else's, so that people consent; oidc-provider has one like it. */
export const registered = {
  clientId: 'bench',
  scopes: ['openid', 'email', 'offline_access'],
  audiences: ['https://api.example'],
};
const { clientId, scopes } = registered;
export const redirectUri = 'https://app.example/callback';
export const verifier = 'a verifier of the bench, which has to be forty-three characters or more'.replaceAll(
  /[ ,]/g,
  '-',
);
/** That a client brings before it exchanges the first: more than it gets through while it is measured. */
export const CODES = 500;

export const codeForm = (code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: redirectUri,
  code_verifier: verifier,
});

/** Exchanges one code after the other. */
export async function exchanging(connection: Connection, path: string, basic: string, codes: readonly string[]) {
  const headers = { authorization: basic };
  const left = codes.values();
  return async () => {
    const { value } = left.next();
    if (value === undefined) throw new Error(`more than ${codes.length} codes are needed`);
    const { body } = await connection.send('POST', path, { form: codeForm(value), headers });
    return JSON.parse(body);
  };
}

/** @returns clients, and what ends their connection to the database */
export function oauthClients({ connectionString, basic = '' }: Target) {
  const pool = new pg.Pool({ connectionString, max: 2 });

  /** Somebody who has signed in and consented, without the hashes that this takes. */
  async function newPerson() {
    const userId = newId();
    const browser = newBrowserCookie(newId<SessionId>());
    await pool.query(
      `
      with person as (
        insert into users (user_id, email, email_key, email_verified_at, password_hash, registered_at, updated_at)
        values ($1, $7, $7, now(), '!', now(), now())
        returning user_id, password_epoch
      ),
      consented as (
        insert into consents (consent_id, user_id, client_id, scopes, resources, consent_hash, given_at)
        select $2, user_id, client_id, $3, audiences, consent_hash, now() from person, clients where client_id = $4
      )
      insert into sessions (
        session_id, kind, user_id, password_epoch, ip_address, current_hash, rotated_at, created_at, last_seen_at,
        idle_seconds, idle_expires_at, expires_at
      )
      select
        $5, 'browser', user_id, password_epoch, '127.0.0.1', $6, now(), now(), now(),
        3600, now() + interval '1 hour', now() + interval '1 day'
      from person`,
      [userId, newId(), scopes, clientId, browser.sessionId, browser.hash, `${userId}@example.com`],
    );
    return browser;
  }

  /** As the authorization endpoint makes them, except that they last an hour. */
  async function newCodes(sessionId: SessionId, count: number): Promise<string[]> {
    const codes = Array.from({ length: count }, () => randomBytes(32).toString('base64url'));
    await pool.query(
      `
      insert into authorization_codes (
        code_hash, client_id, user_id, password_epoch, browser_session_id, redirect_uri, code_challenge, nonce, scope,
        resource, auth_time, amr, acr, created_at, expires_at
      )
      select
        code_hash, $2, s.user_id, s.password_epoch, s.session_id, $3, $4, 'a nonce', $5, '{https://api.example}', s.created_at,
        '{pwd}', 'urn:identity:acr:1', now(), now() + interval '1 hour'
      from sessions s, unnest($1::bytea[]) as code_hash
      where s.session_id = $6`,
      [codes.map(sha256), clientId, redirectUri, challengeOf(verifier), scopes, sessionId],
    );
    return codes;
  }
  const exchange = async (connection: Connection, count = CODES) =>
    exchanging(connection, '/oauth/token', basic, await newCodes((await newPerson()).sessionId, count));
  const tokens = async (connection: Connection) => (await exchange(connection, 1))();

  const clients = {
    async authorize(connection) {
      const { value } = await newPerson();
      const headers = { cookie: `identity=${value}` };
      const scope = scopes.join(' ');
      const path = `/oauth/authorize?${authorizeQuery({ clientId: clientId as never, redirectUri }, { scope })}`;
      return () => connection.send('GET', path, { headers, expect: 303 });
    },
    'token, by a code': (connection) => exchange(connection),
    async 'token, by a refresh token'(connection) {
      const form = { grant_type: 'refresh_token', refresh_token: (await tokens(connection)).refresh_token };
      return () => connection.send('POST', '/oauth/token', { form, headers: { authorization: basic } });
    },
    async userinfo(connection) {
      // Userinfo takes no token that is for a resource.
      const [code = ''] = await newCodes((await newPerson()).sessionId, 1);
      await pool.query('update authorization_codes set resource = null where code_hash = $1', [sha256(code)]);
      const { access_token } = await (await exchanging(connection, '/oauth/token', basic, [code]))();
      const headers = { authorization: `Bearer ${access_token}` };
      return () => connection.send('GET', '/oauth/userinfo', { headers });
    },
  } satisfies Record<string, Client>;
  return { clients, end: () => pool.end() };
}
