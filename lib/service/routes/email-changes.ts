/** Rows of the route table: changing the account's address, and the pages behind the links. */
import * as change from '../../../functions/contracts/http/email-change.ts';
import * as http from '../../../functions/contracts/http.ts';
import { LEAN, type Route } from './route.ts';

const address = {
  path: '/v1/auth/email',
  entry: 'functions/routes/auth/email.ts',
  stack: 'accounts',
  auth: 'bearer',
  throttle: { rate: 20, burst: 40 },
  may: ['database', 'read-public-keys', 'secret:pseudonym'],
  memory: LEAN,
  bundleKiB: 330,
} as const satisfies Partial<Route>;

const links = {
  method: 'POST',
  entry: 'functions/routes/auth/email/links.ts',
  stack: 'accounts',
  auth: 'none',
  throttle: { rate: 50, burst: 100 },
  may: ['database', 'secret:pseudonym', 'secret:one-time-token', 'secret:device'],
  memory: LEAN,
  bundleKiB: 330,
  request: change.EmailChangeLinkRequest,
  answers: { 200: change.EmailChangedResponse },
  problems: ['VERIFICATION_TOKEN_INVALID', 'VERIFICATION_TOKEN_EXPIRED', 'USER_ALREADY_EXISTS', 'RATE_LIMITED'],
} as const satisfies Partial<Route>;

const pages = {
  entry: 'functions/routes/pages/change-email.ts',
  stack: 'pages',
  auth: 'none',
  door: 'page',
  throttle: { rate: 50, burst: 100 },
  may: ['database', 'secret:pseudonym', 'secret:one-time-token', 'secret:device'],
  memory: LEAN,
  bundleKiB: 330,
  answers: { 200: http.HtmlPage },
} as const satisfies Partial<Route>;

const page = (path: `/${string}`, of: string): readonly Route[] => [
  { ...pages, path, method: 'GET', summary: `The page behind the link ${of}`, query: change.EmailChangeQuery },
  {
    ...pages,
    path,
    method: 'POST',
    summary: `The form of the page behind the link ${of}`,
    request: change.EmailChangeForm,
    problems: ['VERIFICATION_TOKEN_INVALID', 'VERIFICATION_TOKEN_EXPIRED', 'USER_ALREADY_EXISTS', 'RATE_LIMITED'],
  },
];

export const emailChangeRoutes: readonly Route[] = [
  {
    ...address,
    method: 'GET',
    summary: 'The address, and a change of it that is pending',
    answers: { 200: change.AddressResponse },
  },
  {
    ...address,
    method: 'POST',
    summary: 'Mail a link to another address; the account has it once the link was followed',
    request: change.ChangeEmailRequest,
    answers: { 202: http.LinkRequestedResponse },
    problems: ['REAUTHENTICATION_REQUIRED', 'FORBIDDEN', 'CONFLICT', 'RATE_LIMITED'],
  },
  { ...address, method: 'DELETE', summary: 'Cancel a pending change', answers: { 204: null } },
  { ...links, path: '/v1/auth/email/confirm', summary: "Change the address, with the new one's link" },
  { ...links, path: '/v1/auth/email/undo', summary: "Cancel or undo the change, with the old one's link" },
  ...page('/change-email', 'to a new address'),
  ...page('/undo-email', 'by which the old address cancels or undoes a change'),
];
