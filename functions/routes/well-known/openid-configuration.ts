/** GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0 §3): what is true of this service. */
import { publicRoute } from '../../http/route.ts';
import { environment } from '../../settings.ts';

const issuer = environment('ISSUER');

export const handler = publicRoute({}, () => ({
  status: 200,
  headers: { 'cache-control': 'public, max-age=3600' },
  body: {
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    // No OAuth authorization endpoint exists, so no response type does; the member is required.
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'org_id', 'roles', 'email_verified'],
  },
}));
