/** Rows of the route table: pages by which people sign in and out, for a client or on their own. */

import { ExportResponse } from '../../../functions/contracts/http/administration.ts';
import * as forms from '../../../functions/contracts/http/forms.ts';
import * as http from '../../../functions/contracts/http.ts';
import { HASHING, LEAN, type Route } from './route.ts';

const page = { stack: 'pages', auth: 'none', door: 'page' } as const satisfies Partial<Route>;

const signIn = {
  path: '/sign-in',
  entry: 'functions/routes/pages/sign-in.ts',
  ...page,
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
  ...page,
  throttle: { rate: 500, burst: 1000 },
  may: [
    'database',
    'secret:pseudonym',
    'secret:device',
    'secret:browser',
    'secret:totp',
    'secret:recovery',
    'secret:verification-code',
  ],
  memory: LEAN,
  bundleKiB: 400,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

const signUp = {
  path: '/sign-up',
  entry: 'functions/routes/pages/sign-up.ts',
  ...page,
  throttle: { rate: 50, burst: 100 },
  may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser', 'secret:verification-code'],
  memory: HASHING,
  bundleKiB: 760,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

const forgotPassword = {
  path: '/forgot-password',
  entry: 'functions/routes/pages/forgot-password.ts',
  ...page,
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

const account = {
  path: '/account/{page}',
  entry: 'functions/routes/pages/account.ts',
  ...page,
  throttle: { rate: 100, burst: 200 },
  may: ['database', 'secret:pseudonym', 'secret:browser', 'secret:totp', 'secret:recovery'],
  memory: LEAN,
  bundleKiB: 420,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

const accountPassword = {
  entry: 'functions/routes/pages/account-password.ts',
  ...page,
  throttle: { rate: 20, burst: 40 },
  may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser'],
  memory: HASHING,
  bundleKiB: 760,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

/** What every form of the account's pages may be refused for. */
const ofAccount = ['RATE_LIMITED', 'COOKIES_OFF', 'FORM_EXPIRED', 'FORBIDDEN', 'TOKEN_INVALID'] as const;

const accountForm = (path: `/account/${string}`, of: string): readonly Route[] => [
  { ...accountPassword, path, method: 'GET', summary: `The page ${of}`, query: forms.AccountQuery },
  {
    ...accountPassword,
    path,
    method: 'POST',
    summary: `The form ${of}`,
    request: forms.AccountForm,
    problems: [...ofAccount, 'INVALID_CREDENTIALS', 'ACCOUNT_LOCKED', 'PASSWORD_REJECTED', 'CONFLICT'],
  },
];

const accountRoutes: readonly Route[] = [
  { ...account, path: '/account', method: 'GET', summary: "The account's pages", query: forms.AccountQuery },
  {
    ...account,
    method: 'GET',
    summary:
      'A page of the account: profile, email, sessions, applications, organizations, authenticator, recovery-codes, passkeys',
    query: forms.AccountQuery,
    problems: ['RESOURCE_NOT_FOUND', 'TOKEN_INVALID'],
  },
  {
    ...account,
    method: 'POST',
    summary: 'Change what that page shows',
    request: forms.AccountForm,
    problems: [...ofAccount, 'RESOURCE_NOT_FOUND', 'CONFLICT', 'CHALLENGE_INVALID'],
  },
  {
    ...account,
    path: '/account/export',
    method: 'GET',
    summary: 'The page by which everything that is held about the person is downloaded',
    query: forms.AccountQuery,
  },
  {
    ...account,
    path: '/account/export',
    method: 'POST',
    summary: 'Download it',
    request: forms.AccountForm,
    answers: { 200: ExportResponse, 303: null },
    problems: [...ofAccount],
  },
  ...accountForm('/account/confirm', 'that asks for the password once more'),
  ...accountForm('/account/password', 'by which the password is changed'),
  ...accountForm('/account/delete', 'by which the account is deleted'),
];

export const pageRoutes: readonly Route[] = [
  ...accountRoutes,
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
      'CHALLENGE_INVALID',
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
