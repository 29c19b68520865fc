/** Where a request came from. Requests are counted by it, and people see it in their list of sessions (S11). */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { Problem } from '../domain/problem.ts';

/** What the edge adds to each request (lib/aws/edge.ts). */
export const EDGE_SECRET_HEADER = 'x-origin-verify';
export const VIEWER_HEADER = 'x-viewer-address';

/**
 * Of the edge's secrets, which are in no environment themselves: 256 random bits are not to be guessed from their digest.
 * There are several, so that the edge's can change (lib/aws/edge-secret.ts).
 */
const edgeDigests = process.env.EDGE_SECRET_SHA256?.split(',');

/** What the gateway itself found. With an edge in front that is the edge's address, and a header has the client's. */
export function clientAddress(event: APIGatewayProxyEventV2): string {
  const viewer = event.headers[VIEWER_HEADER] ?? '';
  return edgeDigests && cameByEdge(event) && isIP(viewer) !== 0 ? viewer : event.requestContext.http.sourceIp;
}

/**
 * Whoever calls past the edge escapes the firewall. Signed requests of the account's own services may: CloudFront would
 * break their signature.
 * @throws Problem FORBIDDEN when there is an edge and the request came past it
 */
export function refuseBypass(event: APIGatewayProxyEventV2): void {
  if (!cameByEdge(event) && !isSigned(event)) throw new Problem('FORBIDDEN');
}

/** Without an edge, too. How long the comparison takes says something of a digest, and nothing of what has it. */
const cameByEdge = ({ headers }: APIGatewayProxyEventV2): boolean =>
  !edgeDigests ||
  edgeDigests.includes(
    createHash('sha256')
      .update(headers[EDGE_SECRET_HEADER] ?? '')
      .digest('hex'),
  );

/** By API Gateway itself, on the routes that ask for it. */
const isSigned = ({ requestContext }: APIGatewayProxyEventV2): boolean =>
  (requestContext as Partial<APIGatewayProxyEventV2WithIAMAuthorizer['requestContext']>).authorizer?.iam !== undefined;
