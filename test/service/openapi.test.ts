import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../lib/openapi/description.ts';
import { routes } from '../../lib/service/routes.ts';
import { checkAnswer } from '../support/openapi-check.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;

beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

describe('the API description', () => {
  it('is served as OpenAPI 3.1 with every route, and with 304 to a client that has it', async () => {
    const { status, headers, body } = await service.get('/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.1']);
    expect(headers.get('cache-control')).toBe('public, max-age=3600');
    expect(body).toEqual(JSON.parse(JSON.stringify(openApi())));
    for (const { path, method } of routes) expect(body.paths[path]).toHaveProperty(method.toLowerCase());
    const again = await service.get('/openapi.json', { 'if-none-match': headers.get('etag') ?? '' });
    expect([again.status, again.body]).toEqual([304, '']);
  });

  it('S66: states how long each body may be', () => {
    const bodies = Object.values(openApi().paths)
      .flatMap((operations) => Object.values(operations))
      .flatMap(({ requestBody }) => (requestBody as { description: string } | undefined) ?? []);
    expect(bodies.length).toBeGreaterThan(10);
    for (const { description } of bodies) expect(description).toMatch(/^At most \d+ bytes\.$/);
  });

  it('S62: states that a name may not be empty', () => {
    const { LoginRequest, CreateOrganizationRequest } = openApi().components.schemas as Record<string, object>;
    expect(LoginRequest).toMatchObject({
      properties: { device_name: { anyOf: [{ minLength: 1, maxLength: 100 }, {}] } },
    });
    expect(CreateOrganizationRequest).toMatchObject({ properties: { name: { minLength: 1 } } });
  });

  it('has no fault that the linter finds', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const faults = await lintFromString({ source: JSON.stringify(openApi()), absoluteRef: 'openapi.json', config });
    expect(faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
  });
});

describe('the check of every answer', () => {
  const answer = (status: number, type: string | null, body: unknown): Answer => ({
    status,
    headers: new Headers({
      'x-correlation-id': 'x',
      'cache-control': 'no-store',
      ...(type ? { 'content-type': type } : {}),
    }),
    body,
  });
  const health = { status: 'ok', version: '1.0.0' };

  it('accepts described answers, and answers of routes that it does not know', () => {
    checkAnswer('GET', '/healthz', answer(200, 'application/json', health));
    checkAnswer('GET', '/nowhere', answer(404, 'application/json', { message: 'Not Found' }));
  });

  it.each([
    ['a status', 'GET', '/healthz', answer(418, 'application/json', health)],
    ['a content type', 'GET', '/healthz', answer(200, 'text/html', health)],
    ['a member', 'GET', '/healthz', answer(200, 'application/json', { ...health, secret: 1 })],
    ['a missing member', 'GET', '/healthz', answer(200, 'application/json', { status: 'ok' })],
    ['a body', 'POST', '/v1/auth/logout', answer(204, 'application/json', {})],
    [
      'a code',
      'POST',
      '/v1/auth/login',
      answer(401, 'application/problem+json', {
        type: 'urn:x',
        title: 'x',
        status: 401,
        detail: 'x',
        code: 'RESET_TOKEN_INVALID',
        correlation_id: '0198c0de-0000-7000-8000-000000000000',
      }),
    ],
  ])('refuses %s against the description', (_, method, path, wrong) => {
    expect(() => checkAnswer(method, path, wrong)).toThrow();
  });
});
