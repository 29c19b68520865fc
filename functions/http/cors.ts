/**
 * Which pages of other origins may read an answer, and send a request (Fetch Standard, "CORS protocol"). Each function
 * says it of its own answers: the gateway's own configuration would hold for the whole API, and drop what functions say.
 * No answer ever allows credentials: other origins have tokens in headers, and cookies serve our own pages alone (S33).
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */

/**
 * - `configured`: the origins of the setting `corsOrigins`
 * - `any`: every origin: public documents
 * - `clients`: the origins of the client whose answer it is; before it is known which, an error, which says nothing of
 *   anybody, is for every origin
 * - `none`: no other: pages
 */
export type Cors = 'configured' | 'any' | 'clients' | 'none';

export type Headers = Readonly<Record<string, string>>;

/** Read once, where it is first needed: most requests are of no page. */
let configured: readonly string[] | undefined;
function configuredOrigins(): readonly string[] {
  configured ??= (JSON.parse(process.env.SETTINGS ?? '{}') as { corsOrigins?: string[] }).corsOrigins ?? [];
  return configured;
}

const EXPOSED = 'ratelimit,ratelimit-policy,retry-after,www-authenticate,x-correlation-id';

interface Shown {
  readonly status: number;
  /** What is asked of a client's redirect URIs: whether a page at one of them has this origin. Undefined: of no client. */
  readonly isOfClient?: ((origin: string) => boolean) | undefined;
}

/** The headers of an answer. Those that depend on the origin say so, for caches (`Vary`). */
export function corsHeaders(cors: Cors, origin: string | undefined, { status, isOfClient }: Shown): Headers {
  if (cors === 'any') return { 'access-control-allow-origin': '*' };
  if (cors === 'none' || origin === undefined) return {};
  const mayRead =
    cors === 'configured' ? configuredOrigins().includes(origin) : (isOfClient?.(origin) ?? status >= 400);
  return mayRead ? { ...allowing(origin), 'access-control-expose-headers': EXPOSED } : {};
}

const allowing = (origin: string): Headers => ({ 'access-control-allow-origin': origin, vary: 'origin' });

/** The answer to the question whether a page may send a request. */
export function preflightHeaders(cors: Cors, origin: string | undefined, methods: string): Headers {
  if (origin === undefined || cors === 'none') return {};
  if (cors === 'configured' && !configuredOrigins().includes(origin)) return {};
  return {
    ...(cors === 'configured' ? allowing(origin) : { 'access-control-allow-origin': '*' }),
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'authorization,content-type,dpop,x-correlation-id',
    // Chromium keeps it for two hours at most.
    'access-control-max-age': '3600',
  };
}
