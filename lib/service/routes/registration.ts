/** Rows of the route table: clients that register themselves. */
import * as http from '../../../functions/contracts/http/registration.ts';
import { LEAN, type Route } from './route.ts';

const registration = {
  path: '/oauth/register/{client_id}',
  entry: 'functions/routes/oauth/register.ts',
  stack: 'oauth',
  // The tokens are of a kind of their own.
  auth: 'none',
  door: 'oauth',
  throttle: { rate: 20, burst: 40 },
  may: ['database', 'secret:pseudonym'],
  memory: LEAN,
  bundleKiB: 255,
  answers: { 200: http.RegisteredClientResponse },
  problems: ['TOKEN_INVALID'],
} as const satisfies Partial<Route>;

const given = {
  ...registration,
  accepts: ['json'],
  problems: ['TOKEN_INVALID', 'CLIENT_METADATA_INVALID', 'REDIRECT_URI_INVALID', 'CONFLICT', 'RATE_LIMITED'],
} as const satisfies Partial<Route>;

export const registrationRoutes: readonly Route[] = [
  {
    ...given,
    method: 'POST',
    path: '/oauth/register',
    summary: 'Register a client, where the stage lets them (RFC 7591)',
    request: http.RegisterClientRequest,
    answers: { 201: http.RegisteredClientResponse },
    problems: [...given.problems, 'FORBIDDEN'],
  },
  {
    ...registration,
    method: 'GET',
    summary: 'What a client has registered, by its own token (RFC 7592)',
  },
  {
    ...given,
    method: 'PUT',
    summary: 'Replace what a client has registered',
    request: http.ReplaceClientRequest,
  },
  {
    ...registration,
    method: 'DELETE',
    summary: 'Remove a client that has registered, and end its sessions',
    answers: { 204: null },
  },
];
