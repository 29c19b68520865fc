/**
 * The same with aws-jwt-verify: `awsJwtVerifier(issuer, audience).verify(token)`. It keeps the keys as long as the
 * process lives, and fetches again only for an unknown key id: restart it after an emergency. The caller has to do the
 * rest: a role among the claims counts only in their `org_id`, so compare both.
 */
import { JwtVerifier } from 'aws-jwt-verify';

export const awsJwtVerifier = (issuer: string, audience: string) =>
  JwtVerifier.create({
    issuer,
    audience,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    graceSeconds: 30,
    customJwtCheck({ header, payload }) {
      // RFC 9068 §4: an access token, not just any JWT that the issuer signed.
      if (header.alg !== 'RS256' || header.typ !== 'at+jwt') throw new Error('not an access token');
      // RFC 7515 §4.1.11: an extension that must be understood, and is not.
      if ('crit' in header) throw new Error('a critical header');
      // RFC 9449 §7.2: bound to a key, it is none of a bearer.
      if (payload.cnf) throw new Error('the token comes without its proof');
      const { sub, jti, exp, iat } = payload;
      if (!sub || !jti || !exp || !iat) throw new Error('a claim is missing');
      if (iat > Date.now() / 1000 + 30) throw new Error('from the future');
    },
  });
