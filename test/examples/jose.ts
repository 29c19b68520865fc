/**
 * The same with jose alone. Its remote key set keeps keys for 10 minutes, and asks again for an unknown key id. What is
 * left to the caller: a role among the claims counts in their `org_id` alone, so compare both.
 */
import { createRemoteJWKSet, jwtVerify } from 'jose';

export function joseVerifier(issuer: string, audience: string) {
  // What is not set jose does not look at: every audience's tokens would do.
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
    // Without one, any key that is alone in the set would do.
    if (!protectedHeader.kid) throw new Error('the token names no key');
    return payload;
  };
}
