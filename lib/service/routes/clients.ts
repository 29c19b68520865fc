/** Rows of the route table: what administrators do to OAuth clients. */
import * as http from '../../../functions/contracts/http/clients.ts';
import { LEAN, type Route } from './route.ts';

const administration = {
  stack: 'administration',
  auth: 'bearer',
  throttle: { rate: 20, burst: 40 },
  may: ['database', 'read-public-keys'],
  memory: LEAN,
} as const satisfies Partial<Route>;

const clients = {
  ...administration,
  path: '/v1/admin/clients',
  entry: 'functions/routes/admin/clients.ts',
  bundleKiB: 274,
} as const satisfies Partial<Route>;

const client = {
  ...administration,
  path: '/v1/admin/clients/{client_id}',
  entry: 'functions/routes/admin/clients/client.ts',
  bundleKiB: 277,
} as const satisfies Partial<Route>;

const secrets = {
  ...administration,
  entry: 'functions/routes/admin/clients/secrets.ts',
  bundleKiB: 229,
  problems: ['FORBIDDEN', 'CONFLICT', 'REAUTHENTICATION_REQUIRED'],
} as const satisfies Partial<Route>;

export const clientRoutes: readonly Route[] = [
  {
    ...clients,
    method: 'GET',
    summary: 'List OAuth clients, in pages',
    query: http.ClientsQuery,
    answers: { 200: http.ClientsResponse },
    problems: ['FORBIDDEN'],
  },
  {
    ...clients,
    method: 'POST',
    summary: 'Make an OAuth client; its secret, if it has one, is shown this once',
    request: http.ClientRequest,
    answers: { 201: http.SavedClient },
    problems: ['FORBIDDEN', 'CONFLICT', 'REAUTHENTICATION_REQUIRED'],
  },
  {
    ...client,
    method: 'GET',
    summary: 'Look at an OAuth client',
    answers: { 200: http.AdministeredClient },
    problems: ['FORBIDDEN'],
  },
  {
    ...client,
    method: 'PUT',
    summary: 'Replace what an OAuth client registered; what is left out is as usual again',
    request: http.ClientRequest,
    answers: { 200: http.SavedClient },
    problems: ['FORBIDDEN', 'CONFLICT', 'REAUTHENTICATION_REQUIRED'],
  },
  {
    ...client,
    method: 'DELETE',
    summary: 'Remove an OAuth client, and end its sessions',
    answers: { 204: null },
    problems: ['FORBIDDEN', 'CONFLICT', 'REAUTHENTICATION_REQUIRED'],
  },
  {
    ...secrets,
    method: 'POST',
    path: '/v1/admin/clients/{client_id}/secrets',
    summary: 'Give an OAuth client another secret; the one before counts until the next time, or until it is dropped',
    answers: { 201: http.NewSecretResponse },
  },
  {
    ...secrets,
    method: 'DELETE',
    path: '/v1/admin/clients/{client_id}/secrets/{secret_id}',
    summary: 'Take back one of two secrets of an OAuth client',
    answers: { 204: null },
  },
];
