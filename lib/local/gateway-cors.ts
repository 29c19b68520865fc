/**
 * CORS as a configured HTTP API does it: the gateway answers a preflight itself, whether or not the path has a route,
 * and adds the CORS headers to every other answer (S33).
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpAnswer } from './gateway-answer.ts';

type Headers = Readonly<Record<string, string>>;

export interface Cors {
  /** The answer to a preflight; undefined for any other request. */
  preflight(method: string, headers: IncomingHttpHeaders): HttpAnswer | undefined;
  /** The headers for the answer to any other request. */
  headers(headers: IncomingHttpHeaders): Headers;
}

/** @param origins compared exactly; without any, CORS is off, and a preflight is a request without a route */
export function createCors(origins: readonly string[]): Cors {
  const allowed = ({ origin }: IncomingHttpHeaders) => (origin && origins.includes(origin) ? origin : undefined);
  return {
    preflight(method, headers) {
      const isPreflight = method === 'OPTIONS' && headers.origin && headers['access-control-request-method'];
      if (origins.length === 0 || !isPreflight) return undefined;
      const origin = allowed(headers);
      return { status: 204, headers: origin ? { ...allowing(origin), ...ofPreflight } : {}, body: '' };
    },
    headers(headers) {
      const origin = allowed(headers);
      return origin ? { ...allowing(origin), 'access-control-expose-headers': EXPOSED } : {};
    },
  };
}

const EXPOSED = 'ratelimit,ratelimit-policy,retry-after,www-authenticate,x-correlation-id';

const ofPreflight: Headers = {
  'access-control-allow-methods': 'GET,POST,PUT,DELETE',
  'access-control-allow-headers': 'authorization,content-type,x-correlation-id',
  'access-control-max-age': '3600',
};

/** No Access-Control-Allow-Credentials: other origins have tokens in headers, and cookies serve our own pages alone. */
const allowing = (origin: string): Headers => ({ 'access-control-allow-origin': origin, vary: 'origin' });
