import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { TOKEN_EXCHANGE } from '../../../functions/domain/client.ts';
import {
  completeMetadata,
  type GivenMetadata,
  type MetadataSettings,
  metadataFaults,
} from '../../../functions/domain/client-metadata.ts';
import { consentHash } from '../../../functions/domain/consent-hash.ts';
import type { ClientId } from '../../../functions/domain/ids.ts';
import { defaultSettings } from '../../support/settings.ts';

const id = 'c_app' as ClientId;
const uris = ['https://app.example/callback'];
const complete = (given: GivenMetadata) => completeMetadata(given, id, defaultSettings);
const faultsOf = (given: Partial<GivenMetadata>, name = id, settings: MetadataSettings = defaultSettings) => {
  const metadata = complete({ kind: 'confidential', name: 'App', redirect_uris: uris, ...given });
  return metadataFaults(metadata, name, settings).map(({ pointer }) => pointer);
};

const machine = { kind: 'machine', redirect_uris: [] } as const;

const pair = await generateKeyPair('ES256', { extractable: true });
const publicKey = await exportJWK(pair.publicKey);
const jwks = { keys: [publicKey] };

it('gives each kind what is usual for it', () => {
  expect(complete({ kind: 'public', name: 'App', redirect_uris: uris })).toMatchObject({
    grants: ['authorization_code', 'refresh_token'],
    authentication: 'none',
    pkce: 'required',
    refresh: 'rotates',
    audiences: [id],
  });
  expect(complete({ kind: 'confidential', name: 'App', redirect_uris: uris, first_party: true })).toMatchObject({
    authentication: 'client_secret',
    refresh: 'keeps',
    audiences: [defaultSettings.audience],
  });
  expect(complete({ kind: 'machine', name: 'Job', jwks })).toMatchObject({
    grants: ['client_credentials'],
    authentication: 'private_key_jwt',
    redirect_uris: [],
  });
});

it.each<[string, Partial<GivenMetadata>]>([
  ['a confidential one', {}],
  ['a public one', { kind: 'public' }],
  ['a machine', { kind: 'machine', redirect_uris: [] }],
  ['one with keys', { jwks }],
  ['one with keys at an address', { jwks_uri: 'https://app.example/jwks.json' }],
  ['a load balancer, which sends no challenge', { pkce: 'optional' }],
  ['one that is also a machine', { grants: ['authorization_code', 'client_credentials'] }],
  ['a machine with scopes of other services', { ...machine, scopes: ['essays:read', 'https.api/essays.write'] }],
  ['one that acts for people', { ...machine, grants: [TOKEN_EXCHANGE], scopes: ['email', 'essays:read'] }],
  ['an app on this machine', { redirect_uris: ['http://127.0.0.1/', 'http://[::1]:80/cb', 'http://localhost:3001/'] }],
  ['an app with a scheme', { kind: 'public', redirect_uris: ['com.example.app:/callback'] }],
  ['one that lasts as long as the stage lets it', { session_max_seconds: defaultSettings.sessionMaxDays * 86_400 }],
])('takes %s', (_, given) => {
  expect(faultsOf(given)).toEqual([]);
});

describe('refuses as a redirect URI', () => {
  it.each([
    'http://app.example/',
    'http://127.0.0.1.example/',
    'http://localhost.example/',
    'http://10.0.0.1/',
    'https://app.example/#fragment',
    'https://app.example/#',
    'https://user@app.example/',
    'https://user:secret@app.example/',
    'https://*.app.example/',
    'https://app.example/*',
    'https://app.example/a/../b',
    'https://app.example/%2e%2e/b',
    'https://app.example/a\\b',
    'https://app.example/a b',
    ' https://app.example/',
    'https://app.example/\n',
    'https://åpp.example/',
    '//app.example/',
    '/callback',
    'callback',
    '',
    'javascript:alert(1)',
    'data:text/html,hello',
    'myapp://callback',
    // No policy of a page can name these: its pages would answer 500.
    'https://a;b.example/',
    'https://a,b.example/',
    'https://a..example/',
    'com..example:/callback',
    'com.example.:/callback',
    'urn:ietf:wg:oauth:2.0:oob',
    `https://app.example/${'a'.repeat(2_000)}`,
  ])('%j', (uri) => {
    expect(faultsOf({ redirect_uris: [uri] })).toEqual(['/redirect_uris/0']);
    expect(faultsOf({ post_logout_redirect_uris: [uri] })).toEqual(['/post_logout_redirect_uris/0']);
  });
});

it.each<[string, Partial<GivenMetadata>, string[]]>([
  ['no name', { name: '' }, ['/name']],
  ['a name that is turned round', { name: 'App\u202e' }, ['/name']],
  ['a long name', { name: 'a'.repeat(61) }, ['/name']],
  ['an unknown scope', { scopes: ['openid', 'phone' as 'openid'] }, ['/scopes/1']],
  ['a scope twice', { scopes: ['openid', 'openid'] }, ['/scopes']],
  ['an unknown grant', { grants: ['authorization_code', 'password' as 'refresh_token'] }, ['/grants/1']],
  ['no grant', { grants: [], redirect_uris: [], scopes: [] }, ['/grants']],
  ['refreshing alone', { grants: ['refresh_token'], redirect_uris: [], scopes: [] }, ['/grants']],
  ['nowhere to go', { redirect_uris: [] }, ['/redirect_uris']],
  [
    'a back channel with a fragment',
    { backchannel_logout_uri: 'https://a.example/out#x' },
    ['/backchannel_logout_uri'],
  ],
  ['a back channel without TLS', { backchannel_logout_uri: 'http://a.example/out' }, ['/backchannel_logout_uri']],
  ['a back channel of its own scheme', { backchannel_logout_uri: 'com.example.app:/out' }, ['/backchannel_logout_uri']],
  ['an unknown claim', { id_token_claims: ['shoe_size'] }, ['/id_token_claims/0']],
  ['a secret of a public one', { kind: 'public', authentication: 'client_secret' }, ['/authentication']],
  ['none of a confidential one', { authentication: 'none' }, ['/authentication']],
  ['a public one without a challenge', { kind: 'public', pkce: 'optional' }, ['/pkce']],
  ['a public one that keeps its token', { kind: 'public', refresh: 'keeps' }, ['/refresh']],
  ['a public machine', { kind: 'public', grants: ['authorization_code', 'client_credentials'] }, ['/grants']],
  ['a machine that people sign in to', { kind: 'machine', grants: ['authorization_code'] }, ['/grants']],
  ['a machine with scopes about people', { ...machine, scopes: ['email'] }, ['/scopes']],
  ['a machine with a scope that may be ours one day', { ...machine, scopes: ['essays'] }, ['/scopes/0']],
  ['a scope of other services at sign-in', { scopes: ['openid', 'essays:read'] }, ['/scopes']],
  [
    'a public one that acts for people',
    { kind: 'public', grants: ['authorization_code', TOKEN_EXCHANGE] },
    ['/grants'],
  ],
  ['keys beside their address', { jwks, jwks_uri: 'https://app.example/k' }, ['/jwks_uri']],
  ['keys without their use', { jwks, authentication: 'client_secret' }, ['/jwks']],
  ['their use without keys', { authentication: 'private_key_jwt' }, ['/jwks']],
  ['keys at an address without TLS', { jwks_uri: 'http://app.example/k' }, ['/jwks_uri']],
  ['a private key', { jwks: { keys: [{ ...publicKey, d: 'AAAA' }] } }, ['/jwks']],
  ['a shared key', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, ['/jwks']],
  ['a weak key', { jwks: { keys: [{ kty: 'RSA', n: 'A'.repeat(171), e: 'AQAB' }] } }, ['/jwks']],
  ['a key that is slow', { jwks: { keys: [{ kty: 'RSA', n: 'A'.repeat(342), e: 'A'.repeat(342) }] } }, ['/jwks']],
  ['two keys of one name', { jwks: { keys: [publicKey, publicKey] } }, ['/jwks']],
  ['a key that encrypts', { jwks: { keys: [{ ...publicKey, use: 'enc' }] } }, ['/jwks']],
  ['no key', { jwks: { keys: [] } }, ['/jwks']],
  ['tokens that outlive the stage’s', { access_token_seconds: 3_600 }, ['/access_token_seconds']],
  ['a page without TLS', { policy_uri: 'http://app.example/' }, ['/policy_uri']],
  ['a page by a scheme', { tos_uri: 'com.example.app:/terms' }, ['/tos_uri']],
  ['no audience', { audiences: [] }, ['/audiences']],
  ['an audience of two words', { audiences: ['a b'] }, ['/audiences/0']],
])('refuses %s', (_, given, faults) => {
  expect(faultsOf(given)).toEqual(faults);
});

it('S76: refuses a client that is named like what tokens of the stage are for, or are by', () => {
  const named = (name: string) => faultsOf({}, name as ClientId, { ...defaultSettings, issuer: 'https://id.example' });
  expect(named(defaultSettings.audience)).toEqual(['/client_id']);
  expect(named('https://id.example')).toEqual(['/client_id']);
  expect(named('shop')).toEqual([]);
});

it('asks people again when what they saw is another, and not otherwise', () => {
  const one = complete({ kind: 'public', name: 'App', redirect_uris: ['https://a.example/', 'https://b.example/'] });
  const hash = (more: Partial<typeof one>) => consentHash({ ...one, ...more }).toString('hex');
  const same = hash({});
  expect(hash({ redirect_uris: one.redirect_uris.toReversed(), access_token_seconds: 60 })).toBe(same);
  for (const other of [
    { name: 'Other' },
    { redirect_uris: uris },
    { client_uri: 'https://a.example/' },
    { policy_uri: 'https://a.example/' },
    { tos_uri: 'https://a.example/' },
    { logo_uri: 'https://a.example/' },
  ]) {
    expect(hash(other)).not.toBe(same);
  }
});
