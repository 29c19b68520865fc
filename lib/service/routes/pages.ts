/** Rows of the route table: pages by which people sign in and out, for a client or on their own. */
import * as forms from '../../../functions/contracts/http/forms.ts';
import * as http from '../../../functions/contracts/http.ts';
import { HASHING, LEAN, type Route } from './route.ts';

const signIn = {
  path: '/sign-in',
  entry: 'functions/routes/pages/sign-in.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  // As login.
  throttle: { rate: 1000, burst: 2000 },
  may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser'],
  memory: HASHING,
  concurrency: 400,
  bundleKiB: 400,
} as const satisfies Partial<Route>;

const logout = {
  path: '/oauth/logout',
  entry: 'functions/routes/oauth/logout.ts',
  stack: 'oauth',
  auth: 'none',
  door: 'page',
  throttle: { rate: 100, burst: 200 },
  may: ['database', 'read-public-keys', 'secret:browser'],
  memory: LEAN,
  bundleKiB: 300,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

export const pageRoutes: readonly Route[] = [
  {
    ...signIn,
    method: 'GET',
    summary: 'The page to sign in at; without a request that led here, who is signed in',
    query: forms.CarriedQuery,
    answers: { 200: http.HtmlPage, 303: null },
    problems: ['REQUEST_EXPIRED'],
  },
  {
    ...signIn,
    method: 'POST',
    summary: "Begin a browser's session, or choose the one that there is; then on with the request",
    request: forms.SignInForm,
    answers: { 200: http.HtmlPage, 303: null },
    problems: ['INVALID_CREDENTIALS', 'RATE_LIMITED', 'REQUEST_EXPIRED', 'COOKIES_OFF', 'FORM_EXPIRED', 'FORBIDDEN'],
  },
  {
    ...logout,
    method: 'GET',
    summary: "End the browser's session for a client whose hint is of it, else ask (RP-Initiated Logout 1.0)",
    query: forms.LogoutQuery,
  },
  {
    ...logout,
    method: 'POST',
    summary: "The answer to that question; a client's form is answered with the GET",
    request: forms.LogoutForm,
    problems: ['COOKIES_OFF', 'FORM_EXPIRED', 'FORBIDDEN'],
  },
];
