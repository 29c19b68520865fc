import { describe, expect, it } from 'vitest';
import { protectedResource, TokenError } from '../../functions/packages/verify/index.ts';

const issuer = 'https://id.example.com';
const given = { resource: 'https://essays.example.com/mcp', issuer, scopes: ['openid'] };

describe('what a service says of itself as a resource (RFC 9728)', () => {
  it('names itself, the issuer and the scopes, where clients look for it', () => {
    const { metadata, path } = protectedResource({ ...given, issuer: `${issuer}/` });
    expect(metadata).toEqual({
      resource: 'https://essays.example.com/mcp',
      authorization_servers: [issuer],
      scopes_supported: ['openid'],
      bearer_methods_supported: ['header'],
    });
    expect(path).toBe('/.well-known/oauth-protected-resource/mcp');
    expect(protectedResource({ resource: 'https://essays.example.com', issuer }).path).toBe(
      '/.well-known/oauth-protected-resource',
    );
  });

  it('says in each challenge where that is, behind what the error says', () => {
    const { challenge } = protectedResource(given);
    const at = 'resource_metadata="https://essays.example.com/.well-known/oauth-protected-resource/mcp"';
    expect(challenge(new TokenError('TOKEN_INVALID', '', { tokenSent: false }))).toBe(`Bearer ${at}`);
    expect(challenge(new TokenError('FORBIDDEN', '', { scope: 'openid' }))).toBe(
      `Bearer error="insufficient_scope", scope="openid", ${at}`,
    );
  });

  it.each([
    ['resource', { resource: 'essays' }],
    ['resource', { resource: 'https://essays.example.com/#x' }],
    ['issuer', { issuer: '' }],
    ['scopes', { scopes: [] }],
    ['scope', { scope: 'openid' }],
  ])('refuses a wrong %s', (option, wrong) => {
    expect(() => protectedResource({ ...given, ...wrong } as typeof given)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(option) }),
    );
  });
});
