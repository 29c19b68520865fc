import { describe, expect, it } from 'vitest';
import { startGateway } from '../../../lib/local/gateway.ts';
import { LOOPBACK } from '../../support/loopback.ts';
import { answered, call, eventOf, functions, gateway, raw, useGateway, world } from './thing-gateway.ts';

useGateway();

describe('an event', () => {
  it('has the decoded path, the raw query, and joined values of repeated parameters', async () => {
    const event = await eventOf('/things/a%2Fb%20%C3%A5?x=1&y=%26&x=2&flag');
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{id}',
      rawPath: '/things/a/b å',
      rawQueryString: 'x=1&y=%26&x=2&flag',
      queryStringParameters: { x: '1,2', y: '&', flag: '' },
      pathParameters: { id: 'a/b å' },
      isBase64Encoded: false,
    });
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('cookies');
  });

  it('leaves out members without a value', async () => {
    const event = await eventOf('/things/latest');
    expect(Object.keys(event).filter((key) => /query|pathParameters|cookies|body/i.test(key))).toEqual([
      'rawQueryString',
    ]);
  });

  it('has header names in lower case, joined values, and cookies separately', async () => {
    await raw(
      'GET /things/1 HTTP/1.1\r\nHost: api.example:80\r\nX-Many: a\r\nx-many: b\r\nCookie: s=1; t=2\r\nConnection: close\r\n\r\n',
    );
    const event = world.invoked[0]?.event;
    expect(event?.headers).toMatchObject({ 'x-many': 'a,b', host: 'api.example:80' });
    expect(event?.headers).not.toHaveProperty('cookie');
    expect(event?.cookies).toEqual(['s=1', 't=2']);
  });

  it("has the client's address as the gateway finds it, whatever the client sends (S11)", async () => {
    const { requestContext, headers } = await eventOf('/things/1', {
      headers: { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'tester/1' },
    });
    expect(requestContext.http).toEqual({
      method: 'GET',
      path: '/things/1',
      protocol: 'HTTP/1.1',
      sourceIp: expect.stringMatching(LOOPBACK),
      userAgent: 'tester/1',
    });
    expect(headers['x-forwarded-for']).toBe(`203.0.113.9, ${requestContext.http.sourceIp}`);
  });

  it('has the request id that the answer carries, and the time in two forms', async () => {
    const response = await call('/things/1');
    const { requestId, stage, time, timeEpoch } = world.invoked[0]?.event.requestContext ?? {};
    expect(response.headers.get('apigw-requestid')).toBe(requestId);
    expect(stage).toBe('$default');
    expect(time).toMatch(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
    expect(Math.abs((timeEpoch ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  const bodies = [
    { type: 'application/json', sent: '{"å":1}', isBase64Encoded: false },
    { type: 'application/json; charset=utf-8', sent: '{}', isBase64Encoded: false },
    { type: 'text/plain', sent: 'text', isBase64Encoded: false },
    { type: 'application/x-www-form-urlencoded', sent: 'a=b', isBase64Encoded: true },
    { type: 'application/octet-stream', sent: '\u0000', isBase64Encoded: true },
  ];
  it.each(bodies)('has a body of $type in base64: $isBase64Encoded', async ({ type, sent, isBase64Encoded }) => {
    const event = await eventOf('/things', { method: 'POST', body: sent, headers: { 'content-type': type } });
    expect(event).toMatchObject({
      body: isBase64Encoded ? Buffer.from(sent).toString('base64') : sent,
      isBase64Encoded,
    });
  });
});

describe('a route', () => {
  it.each([
    ['GET', '/things/latest', 'get-latest'],
    ['GET', '/things/older', 'get-thing'],
    ['PUT', '/things/latest/parts/7', 'put-part'],
  ])('%s %s is found, a static segment before a parameter', async (method, path, name) => {
    await call(path, { method });
    expect(world.invoked.map((one) => one.name)).toEqual([name]);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/Things/1'],
    ['GET', '/things/'],
    ['GET', '/things/1/'],
    ['GET', '/things//parts/1'],
    ['DELETE', '/things/1'],
    ['HEAD', '/things/1'],
    ['OPTIONS', '/things/1'],
  ])('that is not in the table, or not with this method, is 404: %s %s', async (method, path) => {
    const response = await call(path, { method });
    expect(response.status).toBe(404);
    if (method !== 'HEAD') expect(await response.json()).toEqual({ message: 'Not Found' });
    expect(world.invoked).toEqual([]);
  });

  it('for machines refuses an unsigned request and takes any well-formed signature (S41)', async () => {
    const authorization = `AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-north-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: authorization.slice(0, -1) }]) {
      const refused = await call('/machine', { method: 'POST', headers });
      expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
    }
    expect(world.invoked).toEqual([]);
    expect((await call('/machine', { method: 'POST', headers: { authorization } })).status).toBe(204);
    expect(world.invoked[0]?.event.requestContext).toMatchObject({ authorizer: { iam: { accessKey: 'AKID' } } });
  });
});

describe('an answer', () => {
  it('has the status, headers, cookies and body that the function gave', async () => {
    const response = await answered({
      statusCode: 201,
      headers: { 'X-One': 'a', 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
      cookies: ['a=1; Secure', 'b=2'],
      body: '{"made":true}',
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ made: true });
    expect(response.headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-one': 'a', 'www-authenticate': 'Bearer' });
  });

  it('is decoded from base64', async () => {
    const response = await answered({ statusCode: 200, body: '/wA=', isBase64Encoded: true });
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0xff, 0]);
  });

  it('without a status is 200 with the result in JSON', async () => {
    const response = await answered({ plain: 'result' });
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      200,
      'application/json',
      { plain: 'result' },
    ]);
  });

  it.each([
    { statusCode: 'x' },
    { statusCode: 99 },
    { statusCode: 200, body: {} },
    { statusCode: 200, headers: 'x' },
    { statusCode: 200, headers: { 'x-split': 'a\r\nb' } },
  ])('that is malformed is 500: %j', async (result) => {
    const response = await answered(result);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('of a function that failed is 500 and reveals nothing', async () => {
    world.answer = () => ({ ok: false, error: { errorType: 'Error', errorMessage: 'a secret' } });
    const response = await call('/things/1');
    expect([response.status, await response.text()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  it('of a function that takes longer than an integration may take is 503', async () => {
    world.answer = () => new Promise(() => {});
    const response = await call('/things/1');
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  });

  it('of a path without a route is what this machine itself has there', async () => {
    const own = await startGateway({ port: 0, functions });
    own.serve(
      async () => ({ ok: true, result: 'a function' }),
      async (method, path, origin) =>
        path === '/mine' || path === '/things/1'
          ? { status: 200, headers: {}, body: `${method} ${path} of ${origin}` }
          : undefined,
    );
    const bodyAt = async (path: string) => (await fetch(`${own.url}${path}`)).text();
    expect(await bodyAt('/mine')).toBe(`GET /mine of ${own.url}`);
    expect(await bodyAt('/things/1')).toBe('a function');
    expect(await bodyAt('/yours')).toBe('{"message":"Not Found"}');
    await own.close();
  });

  it('is 503 before the service is ready', async () => {
    const early = await startGateway({ port: 0, functions });
    const response = await fetch(`${early.url}/things/1`);
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
    await early.close();
  });
});

it('reports that its port is in use', async () => {
  const port = Number(new URL(gateway.url).port);
  await expect(startGateway({ port, functions })).rejects.toThrow(
    `The gateway cannot listen on 127.0.0.1:${port}: the port is in use`,
  );
});
