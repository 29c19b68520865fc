/**
 * OPTIONS of every path: whether a page of another origin may send the request that it has in mind (Fetch Standard,
 * "CORS-preflight request"). What it may read of the answer, the function says that answers (http/cors.ts).
 */
import { type Cors, preflightHeaders } from '../http/cors.ts';
import { publicRoute } from '../http/route.ts';

/** By path: who may ask, and for what. Every other path is of no other origin. */
const rules: readonly (readonly [path: RegExp, cors: Cors, methods: string])[] = [
  [/^\/\.well-known\//, 'any', 'GET,HEAD'],
  // Without credentials, as always. What is answered is shown to the origins of the client in question alone.
  [/^\/oauth\/(token|revoke|par|register)$/, 'any', 'POST'],
  [/^\/oauth\/register\/[^/]+$/, 'any', 'GET,PUT,DELETE'],
  [/^\/oauth\/userinfo$/, 'any', 'GET,POST'],
  [/^\/(v1\/|healthz$|openapi\.json$)/, 'configured', 'GET,POST,PUT,DELETE'],
];

export const handler = publicRoute({ cors: 'none' }, ({ path, headers }) => {
  const [, cors = 'none', methods = ''] = rules.find(([ours]) => ours.test(path)) ?? [];
  return { status: 204, headers: preflightHeaders(cors, headers.origin, methods) };
});
