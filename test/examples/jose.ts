/**
 * The same with jose alone. Its remote key set keeps keys for 10 minutes, and fetches again for an unknown key id. The
 * caller has to do the rest: a role among the claims counts only in their `org_id`, so compare both.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';

export function joseVerifier(issuer: string, audience: string) {
  // jose does not check an option that is not set: it would accept tokens for every audience.
  if (!issuer || !audience) throw new Error('an issuer and an audience are needed');
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  return async (token: string) => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ['RS256'],
      // RFC 9068 §4: an access token, not just any JWT that the issuer signed.
      typ: 'at+jwt',
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
      clockTolerance: 30,
      // Refuses a token from the future, too.
      maxTokenAge: '1 hour',
    });
    // Without a key id, jose would accept the only key of a set.
    if (!protectedHeader.kid) throw new Error('the token does not name a key');
    // RFC 9449 §7.2: bound to a key, it is none of a bearer.
    if (payload.cnf) throw new Error('the token comes without its proof');
    return payload;
  };
}
