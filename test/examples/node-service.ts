/**
 * A service on Node in which an organisation's teachers and owners read its grades: `node
 * test/examples/node-service.ts`. The token must be for the organisation in the request: in an organisation of their
 * own anybody is a teacher.
 */
import { createServer, type Server } from 'node:http';
import { TokenError, verifier } from '@huleedu/identity/verify';

const answers = {
  TOKEN_INVALID: 401,
  TOKEN_EXPIRED: 401,
  INSUFFICIENT_USER_AUTHENTICATION: 401,
  DPOP_PROOF_INVALID: 401,
  FORBIDDEN: 403,
  STATUS_UNAVAILABLE: 503,
  KEYS_UNAVAILABLE: 503,
} as const;

/** @param origin of its own URLs, which proofs of keys (DPoP) are made for: as callers see it, and not by Host */
export function gradesService(issuer: string, origin = 'http://127.0.0.1:8080'): Server {
  const verify = verifier({ issuer, audience: 'huleedu-platform' });
  return createServer(async (request, response) => {
    const orgId = /^\/orgs\/([^/]+)\/grades$/.exec(request.url ?? '')?.[1];
    if (orgId === undefined) return response.writeHead(404).end();
    try {
      const { method = '', headers } = request;
      const shown = {
        authorization: headers.authorization,
        dpop: headers.dpop,
        method,
        url: `${origin}${request.url}`,
      };
      const { sub } = await verify(shown, { roles: ['teacher', 'owner'], orgId });
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ reader: sub }));
    } catch (error) {
      if (!(error instanceof TokenError)) return response.writeHead(500).end();
      const status = answers[error.code];
      return response.writeHead(status, status === 401 ? { 'www-authenticate': error.challenge } : {}).end();
    }
  });
}

if (import.meta.main) {
  gradesService(process.env.ISSUER ?? 'http://localhost:3000').listen(8080, () => {
    console.log('http://127.0.0.1:8080/orgs/ORG_ID/grades');
  });
}
