/**
 * How a service says where its tokens come from, so that clients that were never told sign in by themselves: agents (MCP),
 * and others that know RFC 9728.
 *
 * ```ts
 * const resource = protectedResource({ resource: 'https://essays.example.com/mcp', issuer: 'https://id.example.com' });
 * if (url.pathname === resource.path) return json(resource.metadata);
 * // Where `verify` throws: response.setHeader('www-authenticate', resource.challenge(error))
 * ```
 */
import { assertKnown, assertOfClients } from './demands.ts';
import type { TokenError } from './token-error.ts';
import { url } from './verify-token.ts';

export interface ProtectedResourceOptions {
  /** The service's own address, with the path of its API. Its verifier has this as `audience`. */
  readonly resource: string;
  /** As of the verifier. */
  readonly issuer: string;
  /** What clients may ask for. */
  readonly scopes?: readonly string[];
}

export interface ProtectedResource {
  /** To be answered as JSON, to anyone, with `access-control-allow-origin: *` for clients in browsers. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Where: `/.well-known/oauth-protected-resource`, with the path of the resource behind it (§3.1). */
  readonly path: string;
  /** For `WWW-Authenticate`: the error's own, and where the metadata are (§5.1). */
  challenge(error: Pick<TokenError, 'challenge'>): string;
}

/** @throws TypeError that names the option */
export function protectedResource(options: ProtectedResourceOptions): ProtectedResource {
  assertKnown(options, ['resource', 'issuer', 'scopes']);
  assertOfClients(options);
  const { scopes } = options;
  const resource = url('resource', options.resource);
  const { origin, pathname } = new URL(resource);
  const path = `/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}`;
  return {
    metadata: {
      resource,
      authorization_servers: [url('issuer', options.issuer).replace(/\/+$/, '')],
      ...(scopes ? { scopes_supported: [...scopes] } : {}),
      bearer_methods_supported: ['header'],
    },
    path,
    challenge: ({ challenge }) =>
      `${challenge}${challenge.includes(' ') ? ',' : ''} resource_metadata="${origin}${path}"`,
  };
}
