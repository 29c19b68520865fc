import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

const SECRET = 'what only the edge knows';
const NEXT = 'what it will know';
const digestOf = (secret: string) => createHash('sha256').update(secret).digest('hex');
const GATEWAY = '198.51.100.1';

/** The module reads the environment when it is loaded. */
async function loaded(edge: 'edge' | 'no edge') {
  vi.resetModules();
  vi.stubEnv('EDGE_SECRET_SHA256', edge === 'edge' ? [SECRET, NEXT].map(digestOf).join(',') : undefined);
  const { clientAddress, refuseBypass, EDGE_SECRET_HEADER, VIEWER_HEADER } = await import(
    '../../../functions/http/client-address.ts'
  );
  const event = (secret: string | undefined, viewer: string | undefined, authorizer?: object) =>
    ({
      headers: { [EDGE_SECRET_HEADER]: secret, [VIEWER_HEADER]: viewer },
      requestContext: { http: { sourceIp: GATEWAY }, authorizer },
    }) as unknown as APIGatewayProxyEventV2;
  return { clientAddress, refuseBypass, event };
}

afterEach(() => vi.unstubAllEnvs());
// A worker's files share their modules: what these know of this environment goes with it.
afterAll(() => vi.resetModules());

describe('S11: with an edge in front', () => {
  it.each(['203.0.113.9', '2001:db8::9'])('the client is the one that the edge names: %s', async (viewer) => {
    const { clientAddress, refuseBypass, event } = await loaded('edge');
    expect(clientAddress(event(SECRET, viewer))).toBe(viewer);
    expect(refuseBypass(event(SECRET, viewer))).toBeUndefined();
  });

  it('the edge may prove itself with the next secret already', async () => {
    const { clientAddress, refuseBypass, event } = await loaded('edge');
    expect(clientAddress(event(NEXT, '203.0.113.9'))).toBe('203.0.113.9');
    expect(refuseBypass(event(NEXT, '203.0.113.9'))).toBeUndefined();
  });

  it.each([undefined, '', `${SECRET}.`, `${SECRET},${NEXT}`, digestOf(SECRET)])(
    'a request with %o as the secret is refused, and its client is the one that the gateway found',
    async (secret) => {
      const { clientAddress, refuseBypass, event } = await loaded('edge');
      expect(clientAddress(event(secret, '203.0.113.9'))).toBe(GATEWAY);
      expect(() => refuseBypass(event(secret, '203.0.113.9'))).toThrow('Not allowed');
    },
  );

  it.each([undefined, 'unknown', '203.0.113.9:443'])(
    'the client is the one that the gateway found if the edge names %o',
    async (viewer) => {
      const { clientAddress, event } = await loaded('edge');
      expect(clientAddress(event(SECRET, viewer))).toBe(GATEWAY);
    },
  );

  it('a service that signs its requests may bypass it', async () => {
    const { refuseBypass, event } = await loaded('edge');
    expect(refuseBypass(event(undefined, undefined, { iam: { accessKey: 'AKID' } }))).toBeUndefined();
  });
});

it('S11: without an edge the client is the one that the gateway found, whatever it sends', async () => {
  const { clientAddress, refuseBypass, event } = await loaded('no edge');
  expect(clientAddress(event(SECRET, '203.0.113.9'))).toBe(GATEWAY);
  expect(refuseBypass(event(undefined, undefined))).toBeUndefined();
});
