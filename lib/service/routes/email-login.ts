/** Rows of the route table: signing in by a mailed code or link. */
import {
  EmailCodeRequest,
  EmailCodeResponse,
  EmailCodeVerifyRequest,
} from '../../../functions/contracts/http/email-login.ts';
import * as forms from '../../../functions/contracts/http/forms.ts';
import * as http from '../../../functions/contracts/http.ts';
import { LEAN, type Route } from './route.ts';

const page = {
  path: '/sign-in-by-mail',
  entry: 'functions/routes/pages/sign-in-by-mail.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 50, burst: 100 },
  may: [
    'database',
    'secret:pseudonym',
    'secret:device',
    'secret:browser',
    'secret:verification-code',
    'secret:one-time-token',
  ],
  memory: LEAN,
  bundleKiB: 400,
  answers: { 200: http.HtmlPage, 303: null },
} as const satisfies Partial<Route>;

export const emailLoginRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/auth/email-code',
    summary: 'Ask for a code by mail to sign in with',
    entry: 'functions/routes/auth/email-code/request.ts',
    stack: 'sessions',
    auth: 'none',
    throttle: { rate: 20, burst: 40 },
    may: ['database', 'secret:pseudonym', 'secret:device', 'secret:browser'],
    memory: LEAN,
    bundleKiB: 240,
    request: EmailCodeRequest,
    answers: { 202: EmailCodeResponse },
    problems: ['RESOURCE_NOT_FOUND', 'RATE_LIMITED'],
  },
  {
    method: 'POST',
    path: '/v1/auth/email-code/verify',
    summary: 'Begin a session with the mailed code',
    entry: 'functions/routes/auth/email-code/verify.ts',
    stack: 'sessions',
    auth: 'none',
    throttle: { rate: 50, burst: 100 },
    may: [
      'database',
      'sign',
      'secret:pseudonym',
      'secret:refresh-chain',
      'secret:device',
      'secret:browser',
      'secret:verification-code',
    ],
    memory: LEAN,
    bundleKiB: 330,
    request: EmailCodeVerifyRequest,
    answers: { 200: http.SignInResponse },
    problems: ['INVALID_CREDENTIALS', 'SECOND_FACTOR_REQUIRED', 'RESOURCE_NOT_FOUND', 'RATE_LIMITED'],
  },
  {
    ...page,
    method: 'GET',
    summary: 'The page to have a code mailed at, to type it at, and behind the mailed link',
    query: forms.SignInByMailQuery,
    problems: ['RESOURCE_NOT_FOUND', 'REQUEST_EXPIRED'],
  },
  {
    ...page,
    method: 'POST',
    summary:
      "Have a code mailed; or begin a browser's session with the code, or with the link in the browser that asked",
    request: forms.SignInByMailForm,
    problems: [
      'SIGN_IN_EXPIRED',
      'INVALID_CREDENTIALS',
      'RATE_LIMITED',
      'REQUEST_EXPIRED',
      'RESOURCE_NOT_FOUND',
      'COOKIES_OFF',
      'FORM_EXPIRED',
      'FORBIDDEN',
    ],
  },
];
