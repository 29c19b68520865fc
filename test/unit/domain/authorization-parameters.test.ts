import { describe, expect, it } from 'vitest';
import {
  type AuthorizationParameters,
  parseAuthorization,
} from '../../../functions/domain/authorization-parameters.ts';
import type { UserId } from '../../../functions/domain/ids.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const usual = {
  client_id: 'essays',
  redirect_uri: 'https://essays.example/callback',
  response_type: 'code',
  scope: 'openid email nothing',
  state: 's',
  code_challenge: challenge,
  code_challenge_method: 'S256',
};
const knownHint = async (token: string) => (token === 'known' ? ('maria' as UserId) : null);

type More = Readonly<Record<string, string | readonly string[] | undefined>>;
const parse = (more: More = {}) => {
  const pairs = Object.entries({ ...usual, ...more }).map(([name, value]) => [
    name,
    value === undefined ? undefined : [value].flat(),
  ]);
  return parseAuthorization(Object.fromEntries(pairs) as AuthorizationParameters, knownHint, 1_000);
};
const requestOf = async (more?: More) => {
  const parsed = await parse(more);
  if ('fault' in parsed) throw new Error(parsed.fault.description);
  return parsed.request;
};
const faultOf = async (more: More) => {
  const parsed = await parse(more);
  return 'fault' in parsed ? parsed : null;
};

it('reads a request, and drops the scopes that there are not', async () => {
  expect(await requestOf()).toEqual({
    clientId: 'essays',
    redirectUri: 'https://essays.example/callback',
    responseMode: 'query',
    state: 's',
    scope: ['openid', 'email'],
    resource: [],
    codeChallenge: challenge,
    prompt: [],
    arrivedAt: 1_000,
  });
});

it('reads what may be left out', async () => {
  const request = await requestOf({
    response_mode: 'form_post',
    nonce: 'n',
    resource: ['https://a.example/', 'https://b.example/?x', 'https://a.example/'],
    prompt: 'consent login',
    max_age: '60',
    login_hint: 'maria@example.com',
    ui_locales: 'sv en',
    acr_values: 'b  a b',
    dpop_jkt: challenge,
    id_token_hint: 'known',
  });
  expect(request).toMatchObject({
    responseMode: 'form_post',
    nonce: 'n',
    resource: ['https://a.example/', 'https://b.example/?x'],
    prompt: ['login', 'consent'],
    maxAge: 60,
    loginHint: 'maria@example.com',
    uiLocales: ['sv', 'en'],
    acrValues: ['b', 'a'],
    dpopJkt: challenge,
    hintedSub: 'maria',
  });
});

it('takes a parameter without a value for one that is left out', async () => {
  expect(await requestOf({ nonce: '', request: '', prompt: '', max_age: '' })).toEqual(await requestOf());
});

describe('S74: is a page, and never a redirect', () => {
  it.each([
    ['without a client', { client_id: undefined }, 'CLIENT_UNKNOWN'],
    ['with a client that no database holds', { client_id: 'a\0' }, 'CLIENT_UNKNOWN'],
    ['without a redirect URI', { redirect_uri: undefined }, 'REDIRECT_URI_INVALID'],
    ['with half a character in it', { redirect_uri: 'https://a.example/\ud800' }, 'REDIRECT_URI_INVALID'],
    ['with two clients', { client_id: ['essays', 'essays'] }, 'VALIDATION_ERROR'],
    ['with two redirect URIs', { redirect_uri: ['https://a.example', 'https://b.example'] }, 'VALIDATION_ERROR'],
    ['whatever else is wrong', { client_id: undefined, response_type: 'token' }, 'CLIENT_UNKNOWN'],
  ])('%s', async (_, more: More, code) => {
    await expect(parse(more)).rejects.toMatchObject({ code });
  });
});

describe('answers the client', () => {
  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: 'code id_token' }],
    ['invalid_request', { response_type: undefined }],
    ['invalid_request', { response_mode: 'fragment' }],
    ['invalid_request', { response_mode: 'form_post', redirect_uri: 'com.example.app:/callback' }],
    ['request_not_supported', { request: 'a.b.c' }],
    ['request_uri_not_supported', { request_uri: 'https://essays.example/request' }],
    ['registration_not_supported', { registration: '{}' }],
    ['invalid_request', { nonce: ['a', 'b'] }],
    ['invalid_request', { nonce: 'n'.repeat(1001) }],
    ['invalid_request', { scope: 'a\0' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    // RFC 7636 §4.3: a challenge without a method is `plain`.
    ['invalid_request', { code_challenge_method: undefined }],
    ['invalid_request', { code_challenge: undefined }],
    ['invalid_request', { code_challenge: 'too-short' }],
    ['invalid_request', { dpop_jkt: 'too-short' }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { prompt: 'dance' }],
    ['invalid_request', { max_age: '-1' }],
    ['invalid_request', { max_age: '1e3' }],
    ['invalid_target', { resource: 'essays' }],
    ['invalid_target', { resource: 'https://a.example/#part' }],
    ['invalid_target', { resource: Array.from({ length: 11 }, (_, n) => `https://a.example/${n}`) }],
    ['invalid_request', { id_token_hint: 'forged' }],
    ['invalid_request', { claims: 'no JSON' }],
    ['invalid_request', { claims: '[]' }],
    ['invalid_request', { claims: '{"id_token": 1}' }],
    ['invalid_request', { claims: `{"id_token": {"sub": {"value": "${'x'.repeat(5000)}"}}}` }],
  ])('%s: %j', async (error, more: More) => {
    const fault = await faultOf(more);
    expect(fault).toMatchObject({ fault: { error }, answerable: { state: 's', clientId: 'essays' } });
    // RFC 6749 §4.1.2.1.
    expect(fault?.fault.description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('with a state of 1,000 characters, and without a longer one, or one of two', async () => {
    expect(await requestOf({ state: 's'.repeat(1000) })).toMatchObject({ state: 's'.repeat(1000) });
    for (const state of ['s'.repeat(1001), ['a', 'b'], 'a\0']) {
      const fault = await faultOf({ state });
      expect(fault?.fault.error).toBe('invalid_request');
      expect(fault?.answerable).not.toHaveProperty('state');
    }
  });

  it('by a form where the request wants one, also of its other faults', async () => {
    const fault = await faultOf({ response_mode: 'form_post', response_type: 'token' });
    expect(fault?.answerable.responseMode).toBe('form_post');
  });
});

describe('the parameter claims', () => {
  const claimsOf = async (claims: object) => requestOf({ claims: JSON.stringify(claims) });

  it('has the claims that there are, and nothing that JSON may hide', async () => {
    const claims =
      '{"id_token":{"email":null,"__proto__":{"x":1},"nothing":null},"userinfo":{"name":{"essential":true}}}';
    expect((await requestOf({ claims })).claims).toEqual({ id_token: ['email'], userinfo: ['name'] });
  });

  it('may want one of some acr, or only wish for it', async () => {
    const essential = await claimsOf({ id_token: { acr: { essential: true, values: ['a', 7, 'b'] } } });
    expect(essential.claims?.essentialAcr).toEqual(['a', 'b']);
    const wished = await claimsOf({ id_token: { acr: { values: ['a'] } } });
    expect(wished.claims).not.toHaveProperty('essentialAcr');
  });

  it('may want one person, who has to be the one of the hint', async () => {
    const claims = JSON.stringify({ id_token: { sub: { value: 'maria' } } });
    expect(await requestOf({ claims })).toMatchObject({ hintedSub: 'maria' });
    expect(await requestOf({ claims, id_token_hint: 'known' })).toMatchObject({ hintedSub: 'maria' });
    const other = JSON.stringify({ id_token: { sub: { value: 'erik' } } });
    expect(await faultOf({ claims: other, id_token_hint: 'known' })).toMatchObject({
      fault: { error: 'invalid_request' },
    });
  });
});
