/** Rows of the route table: what machines read of the service. */
import * as http from '../../../functions/contracts/http.ts';
import { LEAN, type Route } from './route.ts';

export const documentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The keys that verify access tokens (RFC 7517)',
    entry: 'functions/routes/well-known/jwks.ts',
    auth: 'none',
    throttle: { rate: 1000, burst: 2000 },
    may: ['read-public-keys'],
    memory: LEAN,
    // From memory within milliseconds; every other service verifies by it.
    concurrency: 10,
    bundleKiB: 155,
    response: [200, http.JwksResponse],
    etag: true,
  },
  {
    method: 'GET',
    path: '/.well-known/openid-configuration',
    summary: 'What the service is and where its keys are (OpenID Connect Discovery)',
    entry: 'functions/routes/well-known/openid-configuration.ts',
    auth: 'none',
    throttle: { rate: 1000, burst: 2000 },
    may: [],
    memory: LEAN,
    bundleKiB: 16,
    response: [200, http.DiscoveryResponse],
  },
  {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    entry: 'functions/routes/openapi.ts',
    auth: 'none',
    throttle: { rate: 20, burst: 40 },
    may: [],
    memory: LEAN,
    bundleKiB: 90,
    response: [200, http.OpenApiDocument],
    etag: true,
  },
  {
    method: 'GET',
    path: '/healthz',
    summary: 'Tell that functions run',
    entry: 'functions/routes/healthz.ts',
    auth: 'none',
    throttle: { rate: 100, burst: 100 },
    may: [],
    memory: LEAN,
    bundleKiB: 15,
    response: [200, http.HealthResponse],
  },
];
