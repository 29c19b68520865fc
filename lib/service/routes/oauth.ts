/** Rows of the route table: the endpoints of OAuth 2.1 and OpenID Connect. */
import { AuthorizeParameters } from '../../../functions/contracts/http/oauth.ts';
import * as http from '../../../functions/contracts/http.ts';
import { LEAN, type Route } from './route.ts';

const authorize = {
  path: '/oauth/authorize',
  entry: 'functions/routes/oauth/authorize.ts',
  stack: 'oauth',
  auth: 'none',
  door: 'page',
  // Each sign-in passes it twice, and a client's silent renewals once.
  throttle: { rate: 1000, burst: 2000 },
  may: ['database', 'read-public-keys', 'secret:browser'],
  memory: LEAN,
  bundleKiB: 300,
  answers: { 200: http.HtmlPage, 303: null },
  problems: ['CLIENT_UNKNOWN', 'REDIRECT_URI_INVALID', 'REQUEST_EXPIRED'],
} as const satisfies Partial<Route>;

export const oauthRoutes: readonly Route[] = [
  {
    ...authorize,
    method: 'GET',
    summary: "A client's request for authorization (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2)",
    query: AuthorizeParameters,
  },
  {
    ...authorize,
    method: 'POST',
    summary: 'The same by a form; from another site it is answered with the GET',
    request: AuthorizeParameters,
  },
];
