/** What reaches a route's function through the real gateway and core, and what of its answer reaches the client. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeFunctions } from '../../../lib/service/functions.ts';
import { type RouteHost, startRoutes, testRow } from '../../support/route-host.ts';

let here: RouteHost;
let encrypted: RouteHost;

beforeAll(async () => {
  const rows = [testRow('GET', 'mirror'), testRow('POST', 'mirror'), testRow('DELETE', 'mirror')];
  const pages = [testRow('GET', 'page'), testRow('POST', 'page'), testRow('PUT', 'page')];
  [here, encrypted] = await Promise.all([startRoutes([...rows, ...pages]), startRoutes(pages, 'https://id.example')]);
});
afterAll(() => Promise.all([here.stop(), encrypted.stop()]));

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${here.url}${path}`, { headers, redirect: 'manual' });
// biome-ignore lint/suspicious/noExplicitAny: a test's assertions say what it expects of a body.
const json = async (answer: Response): Promise<any> => answer.json();
const form = (path: string, fields: string, host = here) =>
  fetch(`${host.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: fields,
    redirect: 'manual',
  });

describe('a request', () => {
  it('has its method, path and query as they were sent, with repeated parameters and commas', async () => {
    const answer = await get('/mirror?many=a%2Cb&many=c&other=1&other=2,3&one=%C3%A5+x');
    expect(await answer.json()).toMatchObject({
      method: 'GET',
      path: '/mirror',
      search: [
        ['many', 'a,b'],
        ['many', 'c'],
        ['other', '1'],
        ['other', '2,3'],
        ['one', 'å x'],
      ],
      query: { one: 'å x', many: ['a,b', 'c'] },
    });
    expect((await json(await get('/mirror?many=a'))).query).toEqual({ many: ['a'] });
  });

  it('is refused for a repeated parameter that is not a list', async () => {
    const answer = await get('/mirror?one=a&one=b');
    expect([answer.status, (await json(answer)).errors]).toEqual([
      400,
      [{ pointer: '/one', detail: 'This key comes twice.' }],
    ]);
  });

  it('has the lists of a form, and is refused for any other repeated field', async () => {
    const lists = await form('/mirror', 'one=x&many=a%2Cb&many=c');
    expect((await json(lists)).form).toEqual({ one: 'x', many: ['a,b', 'c'] });
    for (const fields of ['one=x&one=y', 'one=x&unknown=1&unknown=2']) {
      const { status } = await form('/mirror', fields);
      expect([fields, status]).toEqual([fields, 400]);
    }
  });

  it('has its cookies, and no value for a repeated name: one of the two was planted', async () => {
    const cookie = 'a=1; __Host-identity=x.y==; b=; a=2,c=3';
    expect((await json(await get('/mirror', { cookie }))).cookies).toEqual([
      ['a', null],
      ['__Host-identity', 'x.y=='],
      ['b', ''],
    ]);
    // In several fields, as in HTTP/2: no comma separates cookies, or another host's cookie could hold one of ours.
    const socket = connect(Number(new URL(here.url).port), 'localhost');
    await once(socket, 'connect');
    socket.write(
      'GET /mirror HTTP/1.1\r\nHost: localhost\r\nCookie: a=1\r\nCookie: b=2,__Host-identity=evil\r\nConnection: close\r\n\r\n',
    );
    expect(await text(socket)).toContain('"cookies":[["a","1"],["b","2,__Host-identity=evil"]]');
  });
});

describe('a function of several routes', () => {
  it('has them all, and takes what a function has once from any of its rows, which must agree', () => {
    const rows = [testRow('GET', 'page'), testRow('POST', 'page'), testRow('GET', 'mirror')];
    expect(
      routeFunctions(rows).map(({ triggers }) =>
        triggers.map((trigger) => trigger.kind === 'http' && `${trigger.route.method} ${trigger.route.path}`),
      ),
    ).toEqual([
      ['GET /page', 'HEAD /page', 'POST /page'],
      ['GET /mirror', 'HEAD /mirror'],
    ]);
    const other = testRow('POST', 'page', { may: ['database'] });
    expect(() => routeFunctions([...rows, other])).toThrow('differ in what a function has once');
  });

  it('answers HEAD as GET, and a method that it lacks with 405 and its own methods', async () => {
    const head = await fetch(`${here.url}/mirror?one=x`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/json', '']);
    const refused = await fetch(`${here.url}/mirror`, { method: 'DELETE' });
    expect([refused.status, refused.headers.get('allow'), (await json(refused)).code]).toEqual([
      405,
      'GET, POST',
      'METHOD_NOT_ALLOWED',
    ]);
    const page = await fetch(`${here.url}/page`, { method: 'PUT', headers: { 'accept-language': 'sv' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([405, 'text/html; charset=utf-8']);
    expect(await page.text()).toContain('Sidan finns inte');
  });
});

describe('the origins that the forms of a page may lead to', () => {
  it.each([
    ['https://client.example', 'https://client.example'],
    ['http://localhost:5000', 'http://localhost:5000'],
    // A policy cannot name an address of IPv6.
    ['http://[::1]:8080', 'http:'],
  ])('may be %s: %s', async (names, source) => {
    const answer = await get(`/page?${new URLSearchParams({ names })}`);
    expect(answer.headers.get('content-security-policy')).toContain(`form-action 'self' ${source};`);
  });

  it.each([
    'https://client.example/',
    'https://client.example;sandbox',
    'https://client.example,evil.example',
    'https://*',
    'https://*.example',
    "'unsafe-inline'",
    'com.example.app:/',
  ])('may not be what a policy reads otherwise: %s', async (names) => {
    const answer = await get(`/page?${new URLSearchParams({ names })}`);
    expect([answer.status, answer.headers.get('content-security-policy')?.includes(names)]).toEqual([500, false]);
  });
});

describe('cookies of an answer', () => {
  it('are several, for this host only and hidden from scripts, and without TLS have no __Host- prefix', async () => {
    expect((await get('/page')).headers.getSetCookie()).toEqual([
      'identity=abc_-.~1; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600',
      'form=x; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect((await fetch(`${encrypted.url}/page`)).headers.getSetCookie()).toEqual([
      '__Host-identity=abc_-.~1; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=3600',
      '__Host-form=x; Path=/; HttpOnly; SameSite=Strict; Secure',
    ]);
  });

  it('come with a redirect, too, and can end a cookie there', async () => {
    const answer = await form('/page', 'token=/welcome', encrypted);
    expect(answer.headers.getSetCookie()).toEqual(['__Host-form=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0']);
  });
});

describe('a redirect', () => {
  it.each(['/welcome', 'sign-in?next=%2Faccount', '/a//b', '.', '?x=1'])(
    'leads to a page of our own: %s',
    async (to) => {
      const answer = await form('/page', String(new URLSearchParams({ token: to })));
      expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([303, to, '']);
      expect(new URL(to, here.url).origin).toBe(here.url);
    },
  );

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example/',
    'https:evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/å',
    '/x\r\nset-cookie: a=b',
    '',
  ])('leads nowhere else through a reference: %j', async (to) => {
    const answer = await form('/page', String(new URLSearchParams({ token: to })));
    expect([answer.status, answer.headers.get('location')]).toEqual([500, null]);
  });

  it.each([
    ['https://client.example/callback?code=x', true],
    ['com.example.app:/callback', true],
    ['http://127.0.0.1:5000/', true],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['https://user@client.example/', false],
    ['https://client.example/#fragment', false],
    ['https://client.example/#', false],
  ])('leads to a registered URL, unless no client may have registered it: %s, %s', async (to, allowed) => {
    const answer = await form('/page', String(new URLSearchParams({ token: to, answer: 'elsewhere' })));
    expect([answer.status, answer.headers.get('location')]).toEqual(allowed ? [303, to] : [500, null]);
  });

  it('is 302 if a protocol requires it', async () => {
    expect((await form('/page', 'token=/x&answer=found')).status).toBe(302);
  });
});
