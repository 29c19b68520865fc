/** This service's own API as a resource that clients may be given tokens for (RFC 9728). */
import { proofAlgorithms } from '../packages/verify/index.ts';

/** Ours is all of `/v1`; a client that was given the address of the host alone finds it, too. */
export const resourcePaths = ['', '/v1'] as const;

/** @returns what a token may be meant for that opens `/v1`, if it has the scope `account`, beside the stage's audience */
export const ownResources = (issuer: string): string[] => resourcePaths.map((path) => `${issuer}${path}`);

/** @returns where the metadata of {@link ownResources} is, for `WWW-Authenticate` (§5.1) */
export const resourceMetadataUri = (issuer: string): string => `${issuer}/.well-known/oauth-protected-resource/v1`;

/** §2. The resource has to be the very one whose metadata was asked for (§3.3). */
export const resourceMetadata = (issuer: string, path: (typeof resourcePaths)[number]) => ({
  resource: `${issuer}${path}`,
  authorization_servers: [issuer],
  scopes_supported: ['account'],
  bearer_methods_supported: ['header'],
  dpop_signing_alg_values_supported: proofAlgorithms,
});
