/** Both discovery documents say what is there, and all of it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes } from '../../lib/service/routes.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const read = async (name: string) => (await service.get(`/.well-known/${name}`)).body;

it('says the same to clients of OpenID Connect and of OAuth', async () => {
  expect(await read('oauth-authorization-server')).toEqual(await read('openid-configuration'));
});

it('names each endpoint for clients that there is, and no other', async () => {
  const document = await read('openid-configuration');
  expect(document.issuer).toBe(service.url);
  const endpoints = Object.entries(document).flatMap(([name, value]) => (name.endsWith('_endpoint') ? [value] : []));
  // Registration is off (client-registration.test.ts).
  const there = routes
    .filter(({ path }) => path.startsWith('/oauth/') && !path.startsWith('/oauth/register'))
    .map(({ path }) => `${service.url}${path}`);
  expect(endpoints.toSorted()).toEqual([...new Set(there)].toSorted());
});

it('denies what would be taken for granted, and names what clients look for', async () => {
  expect(await read('openid-configuration')).toMatchObject({
    jwks_uri: `${service.url}/.well-known/jwks.json`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    response_types_supported: ['code'],
    dpop_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    id_token_signing_alg_values_supported: ['RS256'],
    subject_types_supported: ['public'],
    claims_supported: expect.arrayContaining(['sub', 'email', 'auth_time', 'sid']),
    scopes_supported: expect.arrayContaining(['openid', 'offline_access']),
    prompt_values_supported: expect.arrayContaining(['none', 'create']),
    acr_values_supported: ['urn:identity:acr:1', 'urn:identity:acr:2', 'phr'],
    token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256']),
  });
});

it('says who gives tokens for its own API, at each address that it is known by (RFC 9728)', async () => {
  for (const path of ['', '/v1']) {
    expect(await read(`oauth-protected-resource${path}`)).toEqual({
      resource: `${service.url}${path}`,
      authorization_servers: [service.url],
      scopes_supported: ['account'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'],
    });
  }
});
