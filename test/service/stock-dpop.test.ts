/** openid-client, unmodified, with all that keeps a thief out: pushed requests, a key of its own, tokens bound to another. */
import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { passPages } from '../support/sign-in-pages.ts';

let service: Service;
let person: Person;
beforeAll(async () => {
  service = await sharedService();
  service.setClockOffset(0);
  person = await registerAndLogin(service);
});
afterAll(() => service.stop());

it.each([
  ['a server, with a key of its own', 'confidential'],
  ['an app without a secret', 'public'],
] as const)('S80: %s signs a person in, renews, and asks userinfo and /v1', async (_, kind) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
  const { clientId, redirectUri } = await newClient(service, kind, {
    ...(kind === 'confidential' ? { jwks } : {}),
    ...{ dpop: 'required', par: 'required', first_party: true, scopes: ['openid', 'email', 'account'] },
  });
  const shows = kind === 'confidential' ? oidc.PrivateKeyJwt({ key: privateKey, kid: 'one' }) : oidc.None();
  const config = await oidc.discovery(new URL(service.url), clientId, undefined, shows, {
    execute: [oidc.allowInsecureRequests],
  });
  const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  const [pkceCodeVerifier, expectedState] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
  const asked = {
    ...{ redirect_uri: redirectUri, scope: 'openid email account', state: expectedState },
    ...{ code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256' },
  };
  const first = await oidc.buildAuthorizationUrlWithPAR(config, asked, { DPoP });
  const browser = plainBrowser({}, { stopAt: redirectUri });
  const { url } = await passPages(browser, await browser.open(first.href), person);

  const tokens = await oidc.authorizationCodeGrant(config, url, { pkceCodeVerifier, expectedState }, undefined, {
    DPoP,
  });
  expect(tokens.token_type).toBe('dpop');
  const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
  expect(renewed.token_type).toBe('dpop');
  const { access_token: token } = renewed;
  const userinfo = await oidc.fetchUserInfo(config, token, person.userId, { DPoP });
  expect(userinfo.email).toBe(person.email);
  const me = new URL('/v1/auth/me', service.url);
  const answer = await oidc.fetchProtectedResource(config, token, me, 'GET', undefined, undefined, { DPoP });
  expect(await answer.json()).toMatchObject({ user_id: person.userId });
  const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
  await expect(oidc.fetchUserInfo(config, token, person.userId, { DPoP: other })).rejects.toThrow();
});
