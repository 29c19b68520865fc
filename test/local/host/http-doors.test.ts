/** Pages, signed-in people and OAuth clients: real functions through the real core and the real gateway. */
import { createHash } from 'node:crypto';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HtmlPage, MessageResponse, RevokeRequest, VerifyEmailForm } from '../../../functions/contracts/http.ts';
import { openApi } from '../../../lib/openapi/description.ts';
import type { Route } from '../../../lib/service/routes.ts';
import type { Answer } from '../../support/answer.ts';
import { answerCheck } from '../../support/openapi-check.ts';
import { type RouteHost, startRoutes, testRow } from '../../support/route-host.ts';

const page = { door: 'page', answers: { 200: HtmlPage } } as const;
const form = { door: 'page', request: VerifyEmailForm, answers: { 200: HtmlPage, 303: null } } as const;
const client = {
  door: 'oauth',
  auth: 'client',
  request: RevokeRequest,
  answers: { 200: MessageResponse },
  problems: ['RATE_LIMITED'],
} as const;
const rows: readonly Route[] = [
  testRow('GET', 'page', { ...page, problems: ['RESOURCE_NOT_FOUND'] }),
  testRow('POST', 'page', form),
  testRow('GET', 'account', { ...page, auth: 'session' }),
  testRow('POST', 'account', { ...form, auth: 'session' }),
  testRow('POST', 'client', client),
  testRow('POST', 'json-client', { ...client, accepts: ['json', 'form'] }),
];
const check = answerCheck(rows);

let host: RouteHost;
beforeAll(async () => {
  host = await startRoutes(rows);
});
afterAll(() => host.stop());

type HeaderFields = Readonly<Record<string, string>>;

/** Every answer is compared with the description of these rows. */
async function send(method: string, path: string, headers: HeaderFields = {}, body?: string): Promise<Answer> {
  const response = await fetch(`${host.url}${path}`, { method, headers, body: body ?? null, redirect: 'manual' });
  const sent = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  const answer = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(sent) : sent };
  check(method, path, answer);
  return answer;
}
const sendForm = (path: string, fields: string, headers: HeaderFields = {}) =>
  send('POST', path, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, fields);

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

describe('a route for OAuth clients', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const unknown = { error: 'invalid_client', error_description: 'Unknown client, or wrong secret' };

  it.each([
    ['HTTP Basic', 'token=x', basic('machine', 's3cret'), 'machine by client_secret_basic'],
    [
      'Basic of encoded parts',
      'token=x',
      basic('with%3Acolon', 'p%2Bw+%25%2F%C3%A5'),
      'with:colon by client_secret_basic',
    ],
    ['the form', 'token=x&client_id=machine&client_secret=s3cret', {}, 'machine by client_secret_post'],
    ['an assertion', `token=x&client_assertion=a.b.c&client_assertion_type=${TYPE}`, {}, 'a.b.c by private_key_jwt'],
    ['its name, if it has no secret', 'token=x&client_id=public', {}, 'public by none'],
    ['its name, with a secret that has no value', 'token=x&client_id=public&client_secret=', {}, 'public by none'],
    [
      'Basic, with parameters that have no value',
      'token=x&client_id=&client_secret=&token_type_hint=',
      basic('machine', 's3cret'),
      'machine by client_secret_basic',
    ],
    [
      'Basic, and its name again',
      'token=x&client_id=machine',
      basic('machine', 's3cret'),
      'machine by client_secret_basic',
    ],
  ])('knows a client by %s', async (_, fields, headers, message) => {
    const answer = await sendForm('/client', fields, headers as HeaderFields);
    expect([answer.status, answer.body]).toEqual([200, { message }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a wrong secret', basic('machine', 'x')],
    ['an unknown client', basic('nobody', 's3cret')],
    ['another scheme', { authorization: 'Bearer x' }],
    ['what is not base64', { authorization: 'Basic ä'.normalize('NFKD').replace(/[^\x20-\x7e]/g, '!') }],
    ['parts that are not encoded', basic('machine', '%')],
    ['what no database holds', basic('with%00nul', 's3cret')],
    ['what no database holds, as it is', basic('machine', 's3\0cret')],
    ['no colon', { authorization: `Basic ${Buffer.from('machine').toString('base64')}` }],
  ])('answers invalid_client and the scheme for %s in the header', async (_, headers) => {
    const answer = await sendForm('/client', 'token=x', headers);
    expect([answer.status, answer.body]).toEqual([401, unknown]);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="oauth"');
  });

  it.each(['token=x', 'token=x&client_id=machine', 'token=x&client_id=machine&client_secret=x', 'client_id=&token=x'])(
    'answers invalid_client for %s in the form',
    async (fields) => {
      const answer = await sendForm('/client', fields);
      expect([answer.status, answer.body]).toEqual([401, unknown]);
    },
  );

  it.each([
    ['two ways', 'token=x&client_id=machine&client_secret=s3cret', basic('machine', 's3cret')],
    ['two names', 'token=x&client_id=public', basic('machine', 's3cret')],
    ['an assertion as well', 'token=x&client_assertion=x', basic('machine', 's3cret')],
    [
      'an assertion beside a secret',
      `token=x&client_id=machine&client_secret=x&client_assertion=a.b.c&client_assertion_type=${TYPE}`,
      {},
    ],
    ['an assertion without its type', 'token=x&client_assertion=a.b.c', {}],
    [
      'an assertion of another type',
      'token=x&client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      {},
    ],
    ['the type of an assertion alone', `token=x&client_assertion_type=${TYPE}`, {}],
    ['a parameter twice', 'token=x&token=x', basic('machine', 's3cret')],
    ['its name twice', 'token=x&client_id=public&client_id=public', {}],
    ['a missing parameter', 'other=x', basic('machine', 's3cret')],
    ['a parameter without a value', 'token=', basic('machine', 's3cret')],
  ])('answers invalid_request for %s', async (_, fields, headers) => {
    const answer = await sendForm('/client', fields, headers as HeaderFields);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it.each(['null', '[]', '"client_id"'])('of one that takes JSON too, says invalid_client for %s', async (body) => {
    const answer = await send('POST', '/json-client', { 'content-type': 'application/json' }, body);
    expect([answer.status, answer.body]).toEqual([401, unknown]);
  });

  it('takes no JSON', async () => {
    const headers = { 'content-type': 'application/json', ...basic('machine', 's3cret') };
    const answer = await send('POST', '/client', headers, '{"token":"x"}');
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('names what is missing in the characters that RFC 6749 allows', async () => {
    const { body } = await sendForm('/client', 'other="x"', basic('machine', 's3cret'));
    expect(body.error_description).toContain('token is required');
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('answers server_error and temporarily_unavailable, and reveals nothing of what failed', async () => {
    const broken = await sendForm('/client', 'token=broken', basic('machine', 's3cret'));
    expect([broken.status, broken.body]).toEqual([500, { error: 'server_error', error_description: 'Internal error' }]);
    const often = await sendForm('/client', 'token=often', basic('machine', 's3cret'));
    expect([often.status, often.body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(often.headers.get('retry-after')).toBe('3');
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
