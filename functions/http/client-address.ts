/** Where a request came from. Requests are counted by it, and people see it in their list of sessions (S11). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { Problem } from '../domain/problem.ts';

/** What the edge adds to each request (lib/aws/edge.ts). */
export const EDGE_SECRET_HEADER = 'x-origin-verify';
export const VIEWER_HEADER = 'x-viewer-address';

/** Of the edge's secret, which is in no environment itself: 256 random bits are not to be guessed from their digest. */
const { EDGE_SECRET_SHA256: edgeDigest } = process.env;

/** What the gateway itself found. With an edge in front that is the edge's address, and a header has the client's. */
export function clientAddress(event: APIGatewayProxyEventV2): string {
  const viewer = event.headers[VIEWER_HEADER] ?? '';
  return edgeDigest && cameByEdge(event, edgeDigest) && isIP(viewer) !== 0
    ? viewer
    : event.requestContext.http.sourceIp;
}

/**
 * Whoever calls past the edge escapes the firewall. Signed requests of the account's own services may: CloudFront would
 * break their signature.
 * @throws Problem FORBIDDEN when there is an edge and the request came past it
 */
export function refuseBypass(event: APIGatewayProxyEventV2): void {
  if (edgeDigest && !cameByEdge(event, edgeDigest) && !isSigned(event)) throw new Problem('FORBIDDEN');
}

const cameByEdge = ({ headers }: APIGatewayProxyEventV2, digest: string) =>
  isEdgeSecret(headers[EDGE_SECRET_HEADER], digest);

function isEdgeSecret(given = '', digest: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), Buffer.from(digest, 'hex'));
}

/** By API Gateway itself, on the routes that ask for it. */
const isSigned = ({ requestContext }: APIGatewayProxyEventV2): boolean =>
  (requestContext as Partial<APIGatewayProxyEventV2WithIAMAuthorizer['requestContext']>).authorizer?.iam !== undefined;
