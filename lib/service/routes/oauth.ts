/** Rows of the route table: the endpoints of OAuth 2.1 and OpenID Connect. */
import { PageQuery } from '../../../functions/contracts/http/fields.ts';
import * as forms from '../../../functions/contracts/http/forms.ts';
import * as oauth from '../../../functions/contracts/http/oauth.ts';
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

const consent = {
  path: '/consent',
  entry: 'functions/routes/pages/consent.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 100, burst: 200 },
  may: ['database', 'secret:browser'],
  memory: LEAN,
  bundleKiB: 260,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

export const oauthRoutes: readonly Route[] = [
  {
    ...authorize,
    method: 'GET',
    summary: "A client's request for authorization (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2)",
    query: oauth.AuthorizeParameters,
  },
  {
    ...authorize,
    method: 'POST',
    summary: 'The same by a form; from another site it is answered with the GET',
    request: oauth.AuthorizeParameters,
  },
  {
    method: 'POST',
    path: '/oauth/par',
    summary: 'Push a request for authorization, to send the browser with its address alone (RFC 9126)',
    entry: 'functions/routes/oauth/par.ts',
    stack: 'oauth',
    auth: 'client',
    door: 'oauth',
    throttle: { rate: 500, burst: 1000 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 300,
    request: oauth.PushRequest,
    answers: { 201: oauth.PushResponse },
    problems: [
      'CLIENT_NOT_ALLOWED',
      'TARGET_INVALID',
      'RESPONSE_TYPE_UNSUPPORTED',
      'REQUEST_OBJECT_UNSUPPORTED',
      'REGISTRATION_UNSUPPORTED',
    ],
  },
  {
    ...consent,
    method: 'GET',
    summary: 'Whether a client may use the account',
    query: forms.CarriedQuery,
    problems: ['REQUEST_EXPIRED'],
  },
  {
    ...consent,
    method: 'POST',
    summary: 'Allow or deny it; the request that led there goes on by itself',
    request: forms.ConsentForm,
    problems: ['REQUEST_EXPIRED', 'COOKIES_OFF', 'FORM_EXPIRED', 'FORBIDDEN'],
  },
  {
    method: 'GET',
    path: '/v1/auth/consents',
    summary: 'List what the bearer lets clients do, in pages',
    entry: 'functions/routes/auth/consents/list.ts',
    stack: 'oauth',
    auth: 'bearer',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 240,
    query: PageQuery,
    answers: { 200: oauth.ConsentsResponse },
  },
  {
    method: 'DELETE',
    path: '/v1/auth/consents/{consent_id}',
    summary: "Take a consent back; the client's sessions end",
    entry: 'functions/routes/auth/consents/withdraw.ts',
    stack: 'oauth',
    auth: 'bearer',
    throttle: { rate: 50, burst: 100 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 255,
    answers: { 204: null },
    problems: ['RESOURCE_NOT_FOUND'],
  },
];
