/**
 * GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0 §3, RFC 8414 §2): what is true of this service.
 *
 * JWT authorizers of API Gateway and clients that verify tokens need `issuer` and `jwks_uri`. No authorization or token
 * endpoint is named, because none speaks OAuth's grants; nor userinfo, since /v1/auth/me has no `sub`.
 */
import { documentAnswer, publicDocument } from '../../http/document.ts';
import { publicRoute } from '../../http/route.ts';
import { stageSettings } from '../../stage/settings.ts';

const { issuer } = stageSettings();

const document = publicDocument(
  JSON.stringify({
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    introspection_endpoint: `${issuer}/v1/auth/introspect`,
    revocation_endpoint: `${issuer}/v1/auth/revoke`,
    revocation_endpoint_auth_methods_supported: ['none'],
    // Empty, since to leave them out would mean the authorization code grant.
    response_types_supported: [],
    grant_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      ...['iss', 'sub', 'aud', 'client_id', 'exp', 'iat', 'jti', 'auth_time'],
      ...['sid', 'org_id', 'roles', 'email_verified'],
    ],
  }),
);

export const handler = publicRoute({}, (request) => documentAnswer(request, document, 'public, max-age=3600'));
