/**
 * The route table. The gateways (API Gateway and the local one), the deployment, the API description and the tests
 * read it; a function that has no row here is neither served nor deployed.
 */
import * as http from '../functions/contracts/http.ts';
import type { Capability } from './functions.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** In API Gateway's syntax: `/v1/orgs/{org_id}/members`. */
  readonly path: `/${string}`;
  /** The file that exports `handler`. Its name gives the function's: `auth/login.ts` is `auth-login`. */
  readonly entry: `functions/routes/${string}.ts`;
  /** `bearer` is checked in the function itself, `iam` (SigV4) by the gateway. */
  readonly auth: 'none' | 'bearer' | 'iam';
  /** Requests a second, and how many may come at once, over all callers: API Gateway's own throttle. */
  readonly throttle: { readonly rate: number; readonly burst: number };
  /** What the function may touch; its role and its environment follow from it. */
  readonly may: readonly Capability[];
  /** MiB. CPU comes with it: 1,769 MiB is one core. Hashing routes are given a core, the others what their start needs. */
  readonly memory: number;
  /** Largest bundle, KiB, minified. Growth past it is a decision, made here. */
  readonly bundleKiB: number;
  /** The body's schema, where there is a body. */
  readonly request?: http.Schema;
  /** Success status and the schema of its body; `null` for an empty one. */
  readonly response: readonly [status: number, body: http.Schema | null];
}

const HASHING = 1769;
const LEAN = 512;

export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/auth/register',
    entry: 'functions/routes/auth/register.ts',
    auth: 'none',
    throttle: { rate: 50, burst: 100 },
    may: ['database', 'secret:pseudonym'],
    memory: HASHING,
    bundleKiB: 400,
    request: http.RegisterRequest,
    response: [201, http.RegisterResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/login',
    entry: 'functions/routes/auth/login.ts',
    auth: 'none',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'sign', 'secret:pseudonym', 'secret:refresh-chain'],
    memory: HASHING,
    bundleKiB: 450,
    request: http.LoginRequest,
    response: [200, http.TokenResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/refresh',
    entry: 'functions/routes/auth/refresh.ts',
    auth: 'none',
    throttle: { rate: 500, burst: 1000 },
    may: ['database', 'sign', 'secret:refresh-chain'],
    memory: LEAN,
    bundleKiB: 330,
    request: http.RefreshRequest,
    response: [200, http.TokenResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/logout',
    entry: 'functions/routes/auth/logout.ts',
    auth: 'none',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'secret:refresh-chain'],
    memory: LEAN,
    bundleKiB: 280,
    request: http.LogoutRequest,
    response: [204, null],
  },
  {
    method: 'POST',
    path: '/v1/auth/introspect',
    entry: 'functions/routes/auth/introspect.ts',
    auth: 'iam',
    throttle: { rate: 500, burst: 1000 },
    may: ['database', 'read-public-keys', 'secret:refresh-chain'],
    memory: LEAN,
    bundleKiB: 340,
    request: http.IntrospectRequest,
    response: [200, http.IntrospectResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/revoke',
    entry: 'functions/routes/auth/revoke.ts',
    auth: 'none',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'read-public-keys', 'secret:refresh-chain'],
    memory: LEAN,
    bundleKiB: 340,
    request: http.RevokeRequest,
    response: [200, http.EmptyResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/change-password',
    entry: 'functions/routes/auth/change-password.ts',
    auth: 'bearer',
    throttle: { rate: 20, burst: 40 },
    may: ['database', 'read-public-keys', 'secret:pseudonym'],
    memory: HASHING,
    bundleKiB: 380,
    request: http.ChangePasswordRequest,
    response: [204, null],
  },
  {
    method: 'GET',
    path: '/v1/auth/sessions',
    entry: 'functions/routes/auth/sessions/list.ts',
    auth: 'bearer',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 310,
    response: [200, http.SessionsResponse],
  },
  {
    method: 'POST',
    path: '/v1/auth/sessions/revoke',
    entry: 'functions/routes/auth/sessions/revoke.ts',
    auth: 'bearer',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 310,
    request: http.RevokeSessionRequest,
    response: [204, null],
  },
  {
    method: 'POST',
    path: '/v1/auth/sessions/revoke-all',
    entry: 'functions/routes/auth/sessions/revoke-all.ts',
    auth: 'bearer',
    throttle: { rate: 100, burst: 200 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 310,
    request: http.RevokeAllRequest,
    response: [200, http.RevokeAllResponse],
  },
  {
    method: 'PUT',
    path: '/v1/auth/me',
    entry: 'functions/routes/auth/me/put.ts',
    auth: 'bearer',
    throttle: { rate: 50, burst: 100 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 310,
    request: http.UpdateMeRequest,
    response: [200, http.MeResponse],
  },
  {
    method: 'GET',
    path: '/v1/auth/me',
    entry: 'functions/routes/auth/me/get.ts',
    auth: 'bearer',
    throttle: { rate: 500, burst: 1000 },
    may: ['database', 'read-public-keys'],
    memory: LEAN,
    bundleKiB: 400,
    response: [200, http.MeResponse],
  },
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    entry: 'functions/routes/well-known/jwks.ts',
    auth: 'none',
    throttle: { rate: 1000, burst: 2000 },
    may: ['read-public-keys'],
    memory: LEAN,
    bundleKiB: 300,
    response: [200, http.JwksResponse],
  },
  {
    method: 'GET',
    path: '/.well-known/openid-configuration',
    entry: 'functions/routes/well-known/openid-configuration.ts',
    auth: 'none',
    throttle: { rate: 1000, burst: 2000 },
    may: [],
    memory: LEAN,
    bundleKiB: 60,
    response: [200, http.DiscoveryResponse],
  },
  {
    method: 'GET',
    path: '/healthz',
    entry: 'functions/routes/healthz.ts',
    auth: 'none',
    throttle: { rate: 100, burst: 100 },
    may: [],
    memory: LEAN,
    bundleKiB: 60,
    response: [200, http.HealthResponse],
  },
];
