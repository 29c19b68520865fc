/** Where a request came from: what requests are counted by, and what people are shown of their sessions (S11). */
import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { environment, settings } from '../settings.ts';

/** What the edge adds to each request, and nobody else knows. */
const EDGE_SECRET_HEADER = 'x-edge-secret';
/** Address and port, CloudFront's own finding. */
const VIEWER_HEADER = 'cloudfront-viewer-address';

const edgeSecret = settings.clientIpSource === 'edge' ? Buffer.from(environment('EDGE_SECRET')) : null;

/**
 * The gateway's own finding. With an edge in front, that is the edge's address: then what the edge says, if it was the
 * edge that said it. Whoever calls the gateway past the edge is known by his own address.
 */
export function clientAddress({ headers, requestContext }: APIGatewayProxyEventV2): string {
  const viewer = headers[VIEWER_HEADER]?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1') ?? '';
  return isFromEdge(headers[EDGE_SECRET_HEADER]) && isIP(viewer) !== 0 ? viewer : requestContext.http.sourceIp;
}

function isFromEdge(given = ''): boolean {
  const bytes = Buffer.from(given);
  return edgeSecret !== null && bytes.length === edgeSecret.length && timingSafeEqual(bytes, edgeSecret);
}
