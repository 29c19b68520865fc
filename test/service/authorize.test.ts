import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ClientWishes, newClient, type TestClient } from '../support/clients.ts';
import { answered, authorizeQuery, challengeOf, ledTo, type SignedIn, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: SignedIn;
let client: TestClient;

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(async () => {
  browser = await signedInBrowser(service, person);
});

type More = Parameters<typeof authorizeQuery>[1];
const ask = (more: More = {}, to = client, headers: Record<string, string> = browser.headers) =>
  service.get(`/oauth/authorize?${authorizeQuery(to, more)}`, headers);
const newestCode = async () => (await service.sql('select * from authorization_codes order by created_at desc'))[0];
const countCodes = async () =>
  (await service.sql('select count(*)::integer as count from authorization_codes'))[0]?.count;
const ours = (more: ClientWishes = {}) => newClient(service, 'public', { first_party: true, ...more });

it('answers a browser that is signed in with a code, the state and the issuer', async () => {
  const answer = await ask();
  expect(answer.status).toBe(303);
  expect(ledTo(answer)?.href.split('?')[0]).toBe(client.redirectUri);
  expect(answered(answer)).toEqual({
    code: expect.stringMatching(/^[\w-]{43}$/),
    state: 'as it was',
    iss: service.url,
  });
});

it('S75: keeps of a code its hash, for 60 seconds, with all that it is bound to', async () => {
  const to = await newClient(service, 'public', {
    first_party: true,
    scopes: ['openid', 'email'],
    audiences: ['https://essays.example/api'],
  });
  const { code } = answered(
    await ask(
      {
        scope: 'openid email profile',
        nonce: 'n',
        resource: 'https://essays.example/api',
        dpop_jkt: challengeOf('key'),
        claims: '{"userinfo":{"email":null}}',
      },
      to,
    ),
  );
  const row = await newestCode();
  expect(JSON.stringify(row)).not.toContain(code);
  expect(row).toMatchObject({
    client_id: to.clientId,
    user_id: person.userId,
    password_epoch: 0,
    browser_session_id: browser.sessionId,
    redirect_uri: to.redirectUri,
    code_challenge: challengeOf('a verifier of forty-three characters or more'),
    dpop_jkt: challengeOf('key'),
    nonce: 'n',
    scope: ['openid', 'email'],
    resource: ['https://essays.example/api'],
    claims: { userinfo: ['email'] },
    used_at: null,
  });
  const [session] = await service.sql('select created_at from sessions where session_id = $1', [browser.sessionId]);
  expect(row?.auth_time).toEqual(session?.created_at);
  expect(row?.expires_at.getTime() - row?.created_at.getTime()).toBe(60_000);
});

describe('S74: nothing is sent to a URI in doubt:', () => {
  it.each([
    ['an unknown client', { client_id: 'c_nobody' }],
    ['no client', { client_id: undefined }],
    ['two clients', { client_id: ['a', 'b'] }],
    ['another URI', { redirect_uri: 'https://evil.example/callback' }],
    ['the URI in other letters', { redirect_uri: 'https://APP.example/callback' }],
    ['the URI with a query', { redirect_uri: 'https://app.example/callback?x=1' }],
    ['a part of the URI', { redirect_uri: 'https://app.example/' }],
    ['a path below the URI', { redirect_uri: 'https://app.example/callback/../evil' }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
    ['no URI', { redirect_uri: undefined }],
    ['two URIs', { redirect_uri: ['https://app.example/callback', 'https://evil.example'] }],
    ['another fault beside it', { client_id: 'c_nobody', prompt: 'none', response_type: 'token' }],
  ])('%s', async (_, more) => {
    const answer = await ask(more);
    expect(answer.status).toBe(400);
    expect(ledTo(answer)).toBeNull();
    expect(answer.body).toContain('You have done nothing wrong');
    expect(answer.body).not.toContain('evil.example');
  });

  it('a loopback address of any port, and no other host', async () => {
    const native = await ours({ redirect_uris: ['http://127.0.0.1/callback', 'com.example.app:/callback'] });
    const at = async (redirect_uri: string) => ledTo(await ask({ redirect_uri }, native))?.href.split('?')[0];
    expect(await at('http://127.0.0.1:51234/callback')).toBe('http://127.0.0.1:51234/callback');
    expect(await at('com.example.app:/callback')).toBe('com.example.app:/callback');
    expect(await at('http://localhost:51234/callback')).toBeUndefined();
    expect(await at('http://127.0.0.1:51234@evil.example/callback')).toBeUndefined();
    expect(await at('http://127.0.0.1:51234/callback/other')).toBeUndefined();
  });

  it('a client that was removed at this moment', async () => {
    const short = await ours();
    const [, outcome] = await Promise.all([
      service.sql('delete from clients where client_id = $1', [short.clientId]),
      ask({}, short),
    ]);
    const after = await ask({}, short);
    expect([303, 400]).toContain(outcome.status);
    expect(after.status).toBe(400);
    const left = await service.sql('select from authorization_codes where client_id = $1', [short.clientId]);
    expect(left).toEqual([]);
  });
});

it('keeps what a redirect URI has of its own, as it is written', async () => {
  const uri = 'https://app.example/callback?tenant=a%20b+c&x';
  expect(ledTo(await ask({}, await ours({ redirect_uris: [uri] })))?.href).toMatch(
    /^https:\/\/app\.example\/callback\?tenant=a%20b\+c&x&code=[\w-]{43}&state=as\+it\+was&iss=/,
  );
});

it.each([
  ['invalid_request', 'no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
  ['invalid_request', 'a challenge that is the verifier', { code_challenge_method: 'plain' }],
  ['unsupported_response_type', 'another type of answer', { response_type: 'token' }],
  ['request_not_supported', 'a request object', { request: 'a.b.c' }],
  ['request_uri_not_supported', 'its address', { request_uri: 'https://app.example/request' }],
  ['registration_not_supported', 'a registration', { registration: '{}' }],
  ['invalid_target', 'a resource that is not the client’s', { resource: 'https://other.example/' }],
  ['invalid_request', 'an ID token that is none', { id_token_hint: 'a.b.c' }],
  ['invalid_request', 'two of one parameter', { nonce: ['a', 'b'] }],
  [
    'unmet_authentication_requirements',
    'more than a password',
    {
      claims: '{"id_token":{"acr":{"essential":true,"value":"urn:x"}}}',
    },
  ],
])('answers the client with %s for %s', async (error, _, more) => {
  const before = await countCodes();
  expect(answered(await ask(more))).toEqual({
    error,
    error_description: expect.any(String),
    state: 'as it was',
    iss: service.url,
  });
  expect(await countCodes()).toBe(before);
});

it('lets a load balancer ask without a challenge, and holds others to it or to a nonce', async () => {
  const bare = { code_challenge: undefined, code_challenge_method: undefined };
  const confidential = (pkce: ClientWishes['pkce']) =>
    newClient(service, 'confidential', { first_party: true, ...(pkce ? { pkce } : {}) });
  const [strict, either, free] = [
    await confidential('required'),
    await confidential('pkce-or-nonce'),
    await confidential('optional'),
  ];
  expect(answered(await ask(bare, strict)).error).toBe('invalid_request');
  expect(answered(await ask(bare, either)).error).toBe('invalid_request');
  expect(answered(await ask({ ...bare, nonce: 'n' }, either)).code).toBeDefined();
  expect(answered(await ask(bare, free)).code).toBeDefined();
});

describe('a form', () => {
  const post = (query: string, headers: Record<string, string> = {}) =>
    service.send('POST', '/oauth/authorize', query, {
      'content-type': 'application/x-www-form-urlencoded',
      ...browser.headers,
      ...headers,
    });
  const own = { 'sec-fetch-site': 'same-origin' };

  it('of our own page is answered as a link is', async () => {
    expect(answered(await post(authorizeQuery(client), own)).code).toBeDefined();
  });

  it('of another site is answered with our own GET, which has the cookie', async () => {
    const answer = await post(authorizeQuery(client), { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(303);
    const own = ledTo(answer);
    expect(own?.pathname).toBe('/oauth/authorize');
    expect(answered(await service.get(`/oauth/authorize${own?.search}`, browser.headers)).code).toBeDefined();
  });

  it('of another site that no address holds is a form of our own', async () => {
    const long = authorizeQuery(client, { claims: JSON.stringify({ id_token: {}, more: 'x'.repeat(4000) }) });
    const answer = await post(long, { origin: 'https://app.example' });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('action="/oauth/authorize"');
    expect(answered(await post(long, own)).code).toBeDefined();
  });
});

it('answers by a form of the page where the client wants one, with its origin in the policy', async () => {
  const to = await ours({ redirect_uris: ['https://form.example/callback?a="b"'.replaceAll('"', '%22')] });
  const answer = await ask({ response_mode: 'form_post', state: '"><script>' }, to);
  expect(answer.status).toBe(200);
  const { body, headers } = answer;
  expect(headers.get('content-security-policy')).toContain("form-action 'self' https://form.example;");
  expect(headers.get('content-security-policy')).toMatch(/script-src 'sha256-/);
  expect(body).toContain('action="https://form.example/callback?a=%22b%22"');
  expect(body).toMatch(/name="code" value="[\w-]{43}"/);
  expect(body).toContain('name="state" value="&quot;&gt;&lt;script&gt;"');
  expect(body).toContain('<button type="submit"');
});

it('gives a code to each of two tabs that ask at once, and to none whose session ends at this moment', async () => {
  const [one, two] = await Promise.all([ask(), ask()]);
  expect(new Set([answered(one).code, answered(two).code]).size).toBe(2);
  const ending = service.sql(`update sessions set revoked_at = now(), revoked_reason = 'user' where session_id = $1`, [
    browser.sessionId,
  ]);
  const [, during] = await Promise.all([ending, ask()]);
  expect([client.redirectUri, 'https://own.invalid/sign-in']).toContain(ledTo(during)?.href.split('?')[0]);
  expect(ledTo(await ask())?.pathname).toBe('/sign-in');
});

it('takes nothing but the secret for the session: no id of one, and no session of the other door', async () => {
  const forged = Buffer.concat([Buffer.from(browser.sessionId.replaceAll('-', ''), 'hex'), randomBytes(32)]);
  for (const cookie of [`identity=${forged.toString('base64url')}`, 'identity=x', `identity=${person.refreshToken}`]) {
    expect(ledTo(await ask({}, client, { cookie }))?.pathname).toBe('/sign-in');
  }
});
