/** Pages, signed-in people and OAuth clients: real functions through the real core and the real gateway. */
import { createHash } from 'node:crypto';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from '../../../lib/openapi/description.ts';
import type { Answer } from '../../support/answer.ts';
import { type Doors, type HeaderFields, doorRows as rows, startDoors } from '../../support/doors.ts';

let host: Doors;
beforeAll(async () => {
  host = await startDoors();
});
afterAll(() => host.stop());
const send: Doors['send'] = (...request) => host.send(...request);
const sendForm: Doors['sendForm'] = (...request) => host.sendForm(...request);

const isPage = ({ headers }: Answer) => headers.get('content-type') === 'text/html; charset=utf-8';

describe('a page', () => {
  it('carries its script by hash, and names the origins that its forms may lead to', async () => {
    const { headers, body } = await send('GET', '/page');
    const script = /<script>(.+?)<\/script>/s.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    const policy = headers.get('content-security-policy')?.split('; ');
    expect(policy).toContain(`script-src 'sha256-${hash}'`);
    expect(policy).toContain("form-action 'self' https://client.example");
    expect(policy?.[0]).toBe("default-src 'none'");
    // The script is built: it has no types, no comments, none of our names.
    expect(script).toMatch(/^\(\(\)=>\{.+\}\)\(\);$/);
  });

  it.each([
    ['/page?gone', 404, 'There is no such page'],
    ['/page?broken', 500, 'Something is wrong at our end'],
  ])('explains in HTML what is wrong: %s', async (path, status, text) => {
    const answer = await send('GET', path);
    expect([answer.status, isPage(answer)]).toEqual([status, true]);
    expect(answer.body).toContain(text);
    expect(answer.body).not.toContain('a secret');
  });

  it('logs what it does not show', () => {
    const line = host.logs.find(({ line }) => line.includes('request failed'))?.line ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ level: 'error', message: 'request failed', code: 'INTERNAL_ERROR' });
  });

  it('takes only a form, and says so in HTML', async () => {
    const answer = await send('POST', '/page', { 'content-type': 'application/json' }, '{"token":"/x"}');
    expect([answer.status, isPage(answer)]).toEqual([415, true]);
  });
});

describe('a page for a signed-in person', () => {
  const cookie = 'identity=maria-session';
  const origin = () => ({ origin: host.url });

  it('gets the session of the cookie', async () => {
    const answer = await send('GET', '/account', { cookie: `other=1; ${cookie}` });
    expect([answer.status, answer.body.includes('Hello Maria')]).toEqual([200, true]);
  });

  it.each(['', 'identity=', 'identity=another', `${cookie}; identity=another`, '__Host-identity=maria-session'])(
    'is refused with a page for the cookie %j',
    async (given) => {
      const answer = await send('GET', '/account', { cookie: given, 'accept-language': 'sv' });
      expect([answer.status, isPage(answer)]).toEqual([401, true]);
      expect(answer.body).toContain('Du är utloggad');
    },
  );

  it('acts on a form of our own page, and redirects', async () => {
    for (const from of [origin(), { 'sec-fetch-site': 'same-origin', origin: 'null' }]) {
      const answer = await sendForm('/account', '', { cookie, ...from });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'page']);
      expect(answer.headers.getSetCookie()).toEqual(['identity=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0']);
    }
  });

  it.each([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another host of the domain', { origin: 'http://other.localhost', 'sec-fetch-site': 'same-site' }],
    ['an unknown place', {}],
    ['a page that hides itself', { origin: 'null' }],
  ])('refuses a form from %s, whatever the cookie', async (_, from) => {
    const answer = await sendForm('/account', '', { cookie, ...from } as HeaderFields);
    expect([answer.status, isPage(answer)]).toEqual([403, true]);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('checks the session before it reads the form', async () => {
    expect((await sendForm('/account', 'token=a&token=b', origin())).status).toBe(401);
    expect((await sendForm('/account', 'token=a&token=b', { cookie, ...origin() })).status).toBe(400);
  });
});

describe('the description of these rows', () => {
  const description = openApi({ rows });

  it('has every success, redirects with their header, and the way to authenticate', () => {
    const { get, post } = description.paths['/account'] ?? {};
    expect(post?.responses).toMatchObject({
      200: { content: { 'text/html': {} } },
      303: { headers: { Location: {} } },
      401: { $ref: expect.any(String) },
    });
    expect(post?.responses[303]).not.toHaveProperty('content');
    expect([get?.security, post?.security]).toEqual([[{ session: [] }], [{ session: [] }]]);
    expect(description.paths['/client']?.post?.security).toEqual([{ client: [] }]);
    expect(Object.keys(description.components.securitySchemes ?? {})).toEqual(['session', 'client']);
  });

  it('has no fault that the linter finds', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const faults = await lintFromString({ source: JSON.stringify(description), absoluteRef: 'openapi.json', config });
    expect(faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual([]);
  });
});
