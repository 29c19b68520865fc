/**
 * Clients as they are sold, against the service: what they send is theirs. Those in Python and Go are in `test/clients`, the
 * single-page app in `test/browser`.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { awsJwtVerifier } from '../examples/aws-jwt-verify.ts';
import { signIn as signInAtCommandLine } from '../examples/clients/command-line.ts';
import { nodeBackend } from '../examples/clients/node-backend.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { browserOf, letIn, newTool, typeCode } from '../support/devices.ts';
import { giveApp } from '../support/factors.ts';
import { mailedCode } from '../support/mailbox.ts';
import { provedPerson } from '../support/mailed-logins.ts';
import { challengeIn, givePasskey } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { passPages } from '../support/sign-in-pages.ts';

let service: Service;
let person: Person;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
});
afterAll(() => service.stop());

describe('openid-client, at a command line', () => {
  it('signs a person in who types its code elsewhere, or is told that they said no', async () => {
    const { clientId } = await newTool(service);
    const browser = await browserOf(service, person);
    const run = (act: (user_code: string) => Promise<unknown>) => {
      const said = Promise.withResolvers<string>();
      const tokens = signInAtCommandLine({
        ...{ issuer: service.url, clientId },
        say: (line) => said.resolve(/type (\S+)\.$/.exec(line)?.[1] ?? ''),
      });
      return Promise.all([tokens, said.promise.then(act)]).then(([given]) => given);
    };
    // One after the other: while both wait, what is allowed for one is taken for the other, too. That is a fault, and open.
    const given = await run((user_code) => letIn(browser, { user_code }));
    await expect(
      run(async (user_code) => {
        const other = await browserOf(service, person);
        await typeCode(other, user_code);
        await other.submit({ cancel: 'true' });
      }),
    ).rejects.toMatchObject({ error: 'access_denied' });
    expect(given.claims()).toMatchObject({ sub: person.userId, aud: clientId });
    expect(given.refresh_token).toBeDefined();
  }, 30_000);
});

describe('openid-client, in a Node backend', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());

  /** @returns its own address, known only once it listens */
  async function backend(lifetime: { access_token_seconds?: number } = {}): Promise<string> {
    let app: Server | undefined;
    server = createServer((request, response) => app?.emit('request', request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { clientId, secret } = await newClient(service, 'confidential', {
      redirect_uris: ['http://127.0.0.1/callback'],
      post_logout_redirect_uris: [`${baseUrl}/`],
      ...lifetime,
    });
    app = await nodeBackend({ issuer: service.url, clientId, clientSecret: secret, baseUrl });
    return baseUrl;
  }

  it('signs a person in, who is asked, renews the token, and signs them out', async () => {
    const app = await backend();
    const browser = plainBrowser();
    expect(JSON.parse((await browser.open(`${app}/`)).text)).toEqual({ signed_in: false });

    const page = await passPages(browser, await browser.open(`${app}/sign-in`), person);
    const profile = { signed_in: true, sub: person.userId, email: person.email, acr: 'urn:identity:acr:1' };
    expect([page.url.href, JSON.parse(page.text)]).toEqual([`${app}/`, profile]);

    // The ID token proves whom it is about, so nobody is asked.
    const left = await browser.open(`${app}/sign-out`);
    expect([left.url.href, JSON.parse(left.text)]).toEqual([`${app}/`, { signed_in: false }]);
    const again = await browser.open(`${app}/sign-in`);
    expect(again.forms.some(({ controls }) => 'password' in controls)).toBe(true);
  });

  it.each([
    ['the access token', {}],
    ['the refresh token', { access_token_seconds: 60 }],
  ])('gets to know by %s that the session has ended at the service', async (_, lifetime) => {
    const app = await backend(lifetime);
    const browser = plainBrowser();
    const page = await passPages(browser, await browser.open(`${app}/sign-in`), person);
    expect(JSON.parse(page.text)).toMatchObject({ signed_in: true });
    await browser.press(await browser.open(`${service.url}/oauth/logout`), 'submit');
    expect(JSON.parse((await browser.open(`${app}/`)).text)).toEqual({ signed_in: false });
  });

  it('S86: has a person who is signed in show a second factor in place', async () => {
    const secured = await registerAndLogin(service);
    const app = await backend();
    const browser = plainBrowser();
    const page = await passPages(browser, await browser.open(`${app}/sign-in`), secured);
    expect(JSON.parse(page.text).acr).toBe('urn:identity:acr:1');
    const codes = await giveApp(service, secured.userId);
    const asked = await browser.open(`${app}/sign-in?acr=urn:identity:acr:2`);
    expect(asked.url.pathname).toBe('/second-factor');
    const shown = await browser.press(asked, 'submit', { code: codes.code() });
    // Whoever listens at a loopback port is asked about each time.
    const raised = await passPages(browser, shown, secured);
    expect([raised.url.href, JSON.parse(raised.text).acr]).toEqual([`${app}/`, 'urn:identity:acr:2']);
  });

  it('S86: has a person who is signed in show a passkey, where the level is one that no phishing gets', async () => {
    const secured = await registerAndLogin(service);
    const app = await backend();
    const browser = plainBrowser();
    await passPages(browser, await browser.open(`${app}/sign-in`), secured);
    const passkey = await givePasskey(service, secured);
    const asked = await browser.open(`${app}/sign-in?acr=phr`);
    expect(asked.url.pathname).toBe('/second-factor');
    const assertion = JSON.stringify(passkey.assertion(challengeIn({ body: asked.text })));
    const raised = await passPages(browser, await browser.press(asked, 'submit', { assertion }), secured);
    expect([raised.url.href, JSON.parse(raised.text).acr]).toEqual([`${app}/`, 'phr']);
  });

  it('S86: has a mailed code shown, where the stage takes it for a second factor, and no passkey that is not there', async () => {
    const usual = service;
    service = await sharedService({ mailAsSecondFactor: 'level2' });
    try {
      const secured = await provedPerson(service);
      const app = await backend();
      const browser = plainBrowser();
      const page = await passPages(browser, await browser.open(`${app}/sign-in`), secured);
      expect(JSON.parse(page.text).acr).toBe('urn:identity:acr:1');
      const asked = await browser.open(`${app}/sign-in?acr=urn:identity:acr:2`);
      expect(asked.url.pathname).toBe('/second-factor');
      const mailed = await browser.press(asked, 'mail');
      const code = await mailedCode(service, secured.email, 'second_factor');
      const raised = await passPages(browser, await browser.press(mailed, 'submit', { code }), secured);
      expect([raised.url.href, JSON.parse(raised.text).acr]).toEqual([`${app}/`, 'urn:identity:acr:2']);
      // A wish, which is not within reach (OpenID Connect Core §3.1.2.1).
      const wished = await passPages(browser, await browser.open(`${app}/sign-in?acr=phr`), secured);
      expect([wished.url.href, JSON.parse(wished.text).acr]).toEqual([`${app}/`, 'urn:identity:acr:2']);
    } finally {
      service = usual;
    }
  });

  it('gets to know that the person pressed Cancel', async () => {
    const app = await backend();
    const browser = plainBrowser();
    const page = await browser.press(await browser.open(`${app}/sign-in`), 'cancel');
    expect(JSON.parse(page.text)).toEqual({ error: 'access_denied' });
  });
});

/** What a person's sign-in gives a client that sends neither a challenge nor a nonce, and shows its secret in the form. */
async function tokensFor({ clientId, secret, redirectUri }: TestClient, scope: string, state: string) {
  const asked = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope, state };
  const browser = plainBrowser({}, { stopAt: redirectUri });
  const first = await browser.open(`${service.url}/oauth/authorize?${new URLSearchParams(asked)}`);
  const { url } = await passPages(browser, first, person);
  expect(url.searchParams.get('state')).toBe(state);
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: secret,
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await service.send('POST', '/oauth/token', form.toString(), type);
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  return answer.body as { access_token: string; id_token: string };
}

it('an application load balancer signs a person in, and asks userinfo by the access token', async () => {
  const client = await newClient(service, 'confidential', {
    pkce: 'optional',
    redirect_uris: ['https://wiki.school.example/oauth2/idpresponse'],
  });
  const state = 'AAAAAof+the/balancer==';
  const { access_token, id_token } = await tokensFor(client, 'openid email profile', state);
  const { sub, iss, aud } = decodeJwt(id_token);
  expect({ sub, iss, aud }).toEqual({ sub: person.userId, iss: service.url, aud: client.clientId });
  const userinfo = await service.get('/oauth/userinfo', { authorization: `Bearer ${access_token}` });
  // It compares the two subjects, and hands the claims on to its target.
  expect(userinfo).toMatchObject({ status: 200, body: { sub, email: person.email } });
});

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
it('an HTTP API’s JWT authorizer and aws-jwt-verify take a client’s access token, and no ID token', async () => {
  const audience = 'huleedu-platform';
  const client = await newClient(service, 'confidential', { pkce: 'optional', first_party: true });
  const { access_token, id_token } = await tokensFor(client, 'openid', 'any');

  const { issuer, jwks_uri } = (await service.get('/.well-known/openid-configuration')).body;
  expect(issuer).toBe(service.url);
  const verifier = awsJwtVerifier(issuer, audience);
  const published = (await (await fetch(jwks_uri)).json()) as JSONWebKeySet & Parameters<typeof verifier.cacheJwks>[0];
  verifier.cacheJwks(published);
  await expect(verifier.verify(access_token)).resolves.toMatchObject({ sub: person.userId });
  await expect(verifier.verify(id_token)).rejects.toThrow();

  // The authorizer looks neither at `typ` nor at who the token is for beyond these.
  const options = { issuer, audience, algorithms: ['RS256'], requiredClaims: ['exp', 'iat'] };
  const taken = await jwtVerify(access_token, createLocalJWKSet(published), options);
  expect(taken.protectedHeader.kid).toMatch(/./);
  expect(String(taken.payload.scope).split(' ')).toContain('openid');
  await expect(jwtVerify(id_token, createLocalJWKSet(published), options)).rejects.toThrow('aud');
});
