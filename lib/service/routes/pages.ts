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
  // With login's, what an account has at first still covers all that is reserved.
  concurrency: 200,
  bundleKiB: 400,
} as const satisfies Partial<Route>;

const secondFactor = {
  path: '/second-factor',
  entry: 'functions/routes/pages/second-factor.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 500, burst: 1000 },
  may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser', 'secret:totp', 'secret:recovery'],
  memory: LEAN,
  bundleKiB: 400,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

const signUp = {
  path: '/sign-up',
  entry: 'functions/routes/pages/sign-up.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 50, burst: 100 },
  may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser', 'secret:verification-code'],
  memory: HASHING,
  bundleKiB: 760,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

const forgotPassword = {
  path: '/forgot-password',
  entry: 'functions/routes/pages/forgot-password.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 20, burst: 40 },
  may: ['database', 'secret:pseudonym', 'secret:browser'],
  memory: LEAN,
  bundleKiB: 300,
  answers: { 200: http.HtmlPage, 303: null },
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
    ...secondFactor,
    method: 'GET',
    summary: 'The page to show a second factor at: for a sign-in that waits for it, or for who is signed in',
    query: forms.SecondFactorQuery,
    problems: ['REQUEST_EXPIRED'],
  },
  {
    ...secondFactor,
    method: 'POST',
    summary:
      "Show a second factor: begins the browser's session, or raises the one that there is; then on with the request",
    request: forms.SecondFactorForm,
    problems: [
      'SIGN_IN_EXPIRED',
      'INVALID_CREDENTIALS',
      'RATE_LIMITED',
      'REQUEST_EXPIRED',
      'COOKIES_OFF',
      'FORM_EXPIRED',
      'FORBIDDEN',
    ],
  },
  {
    ...signUp,
    method: 'GET',
    summary: 'The page to register at',
    query: forms.SentQuery,
    problems: ['REQUEST_EXPIRED'],
  },
  {
    ...signUp,
    method: 'POST',
    summary: 'Register an account; then verify its address by the mailed code, which signs in',
    request: forms.SignUpForm,
    problems: [
      'USER_ALREADY_EXISTS',
      'PASSWORD_REJECTED',
      'VERIFICATION_TOKEN_INVALID',
      'RATE_LIMITED',
      'REQUEST_EXPIRED',
      'COOKIES_OFF',
      'FORM_EXPIRED',
      'FORBIDDEN',
    ],
  },
  {
    ...forgotPassword,
    method: 'GET',
    summary: 'The page to ask for a reset link at',
    query: forms.SentQuery,
    problems: ['REQUEST_EXPIRED'],
  },
  {
    ...forgotPassword,
    method: 'POST',
    summary: 'Request a reset link by mail, from that page',
    request: forms.ForgotPasswordForm,
    problems: ['RATE_LIMITED', 'REQUEST_EXPIRED', 'COOKIES_OFF', 'FORM_EXPIRED', 'FORBIDDEN'],
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
