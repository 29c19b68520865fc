/**
 * A web application whose server signs people in, by openid-client: a confidential client. The tokens stay at the server;
 * the browser has a cookie that means something to this server alone.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';

export interface BackendOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the application itself is, without a trailing slash. `/callback` below it is registered for the client. */
  readonly baseUrl: string;
}

interface Visit {
  /** While the person is at the sign-in page: what the answer is checked against. */
  pending?: { readonly codeVerifier: string; readonly state: string; readonly nonce: string };
  tokens?: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers;
}

export async function nodeBackend({ issuer, clientId, clientSecret, baseUrl }: BackendOptions): Promise<Server> {
  const config = await oidc.discovery(
    new URL(issuer),
    clientId,
    clientSecret,
    undefined,
    // Only for the service on this machine; leave it out for one that is deployed.
    issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined,
  );
  const redirectUri = `${baseUrl}/callback`;
  const visits = new Map<string, Visit>();
  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''));

  /** @param acr the level to ask for (`acr_values`): whoever is signed in below it shows a second factor, and comes back */
  async function signIn(visit: Visit, acr: string | null): Promise<string> {
    const codeVerifier = oidc.randomPKCECodeVerifier();
    visit.pending = { codeVerifier, state: oidc.randomState(), nonce: oidc.randomNonce() };
    const parameters = {
      redirect_uri: redirectUri,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state: visit.pending.state,
      nonce: visit.pending.nonce,
      ...(acr === null ? {} : { acr_values: acr }),
    };
    return oidc.buildAuthorizationUrl(config, parameters).href;
  }

  async function callback(visit: Visit, url: URL): Promise<string> {
    const { pending } = visit;
    if (!pending) return '/';
    delete visit.pending;
    // Checks state, `iss`, and the ID token with its nonce; throws what the service refused, such as access_denied.
    visit.tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: pending.codeVerifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
    });
    return '/';
  }

  /** The page of somebody who is signed in; their access token is renewed first when it is about to end. */
  async function profile(visit: Visit): Promise<object> {
    const { tokens } = visit;
    const sub = tokens?.claims()?.sub;
    if (!tokens || !sub) return { signed_in: false };
    if ((tokens.expiresIn() ?? 0) < 60 && tokens.refresh_token) {
      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      // The answer has no refresh token where the old one stays.
      visit.tokens = Object.assign(renewed, { refresh_token: renewed.refresh_token ?? tokens.refresh_token });
    }
    const { email } = await oidc.fetchUserInfo(config, visit.tokens?.access_token ?? tokens.access_token, sub);
    return { signed_in: true, sub, email, acr: tokens.claims()?.acr };
  }

  /** The session may have ended at the service: by a sign-out in another application, another password, an administrator. */
  async function profileOf(visit: Visit): Promise<object> {
    try {
      return await profile(visit);
    } catch (error) {
      if (!isOver(error)) throw error;
      delete visit.tokens;
      return { signed_in: false };
    }
  }

  function signOut(id: string, { tokens }: Visit): string {
    visits.delete(id);
    return oidc.buildEndSessionUrl(config, {
      post_logout_redirect_uri: `${baseUrl}/`,
      ...(tokens?.id_token ? { id_token_hint: tokens.id_token } : {}),
    }).href;
  }

  /** The service says that a session is over. What is no logout token is answered 400, by what this throws. */
  async function endVisits(request: IncomingMessage): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const { payload } = await jwtVerify(form.get('logout_token') ?? '', keys, {
      issuer,
      audience: clientId,
      typ: 'logout+jwt',
      algorithms: ['RS256'],
      requiredClaims: ['iat', 'exp', 'jti', 'sid', 'events'],
    });
    const isLogout = Object.hasOwn(payload.events as object, 'http://schemas.openid.net/event/backchannel-logout');
    if (!isLogout || 'nonce' in payload) throw new Error('no logout token');
    for (const [id, { tokens }] of visits) if (tokens?.claims()?.sid === payload.sid) visits.delete(id);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', baseUrl);
    if (url.pathname === '/back-channel-logout') {
      await endVisits(request);
      response.writeHead(200, { 'cache-control': 'no-store' }).end();
      return;
    }
    const known = /(?:^|; )visit=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const id = visits.has(known) ? known : randomUUID();
    const visit = visits.get(id) ?? {};
    visits.set(id, visit);
    response.setHeader('set-cookie', `visit=${id}; Path=/; HttpOnly; SameSite=Lax`);
    const redirect = (location: string) => response.writeHead(303, { location }).end();
    if (url.pathname === '/sign-in') redirect(await signIn(visit, url.searchParams.get('acr')));
    else if (url.pathname === '/callback') redirect(await callback(visit, url));
    else if (url.pathname === '/sign-out') redirect(signOut(id, visit));
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(await profileOf(visit)));
  }

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // `error` is what the service said, such as access_denied when the person pressed Cancel.
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: error instanceof oidc.AuthorizationResponseError ? error.error : 'failed' }),
      );
    });
  });
}

/** The service refuses the access token, or the refresh token. */
const isOver = (error: unknown) =>
  error instanceof oidc.WWWAuthenticateChallengeError ||
  (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant');
