/** What DPoP proofs may be signed with: asymmetric ones alone (RFC 9449 §4.3). `EdDSA` is Ed25519 as it was called before RFC 9864. */
export const proofAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const;

/** For `WWW-Authenticate` (§7.1). */
export const algs = `algs="${proofAlgorithms.join(' ')}"`;

/** Whether a header `Authorization` is of the scheme for tokens that come with a proof. */
export const isDpop = (authorization: string | undefined): boolean => /^dpop(\s|$)/i.test(authorization?.trim() ?? '');
