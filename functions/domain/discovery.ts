/**
 * What clients may know of this service, by both documents: OpenID Connect Discovery 1.0 §3 and RFC 8414 §2. Only what is
 * there; test/service/discovery.test.ts compares it with the route table.
 */

import { proofAlgorithms } from '../packages/verify/index.ts';
import { acrValues } from './authentication-level.ts';
import { prompts } from './authorization-request.ts';
import { grantTypes, JWT_BEARER } from './client.ts';
import { assertionAlgorithms } from './client-keys.ts';
import { languages } from './language.ts';
import { claimNames, scopeNames } from './scopes.ts';
import type { Settings } from './settings.ts';

/** Ways in which a client shows who it is. A public one has nothing to show. */
const confidential = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
const all = [...confidential, 'none'];

const algorithms = [...assertionAlgorithms];

type DocumentSettings = Pick<Settings, 'issuer' | 'registration'>;

/**
 * The issuer is a bare host, so that both documents are where either standard looks for them.
 * @param trustsIssuers whether workloads get tokens for those of their platform
 */
export const discovery = ({ issuer, registration }: DocumentSettings, trustsIssuers: boolean) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
  device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
  userinfo_endpoint: `${issuer}/oauth/userinfo`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  introspection_endpoint: `${issuer}/oauth/introspect`,
  revocation_endpoint: `${issuer}/oauth/revoke`,
  end_session_endpoint: `${issuer}/oauth/logout`,
  ...(registration.clients === 'off' ? {} : { registration_endpoint: `${issuer}/oauth/register` }),
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
  ...(registration.documents ? { client_id_metadata_document_supported: true } : {}),
  scopes_supported: scopeNames,
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'form_post'],
  grant_types_supported: [...grantTypes, ...(trustsIssuers ? [JWT_BEARER] : [])],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: all,
  token_endpoint_auth_signing_alg_values_supported: algorithms,
  revocation_endpoint_auth_methods_supported: all,
  revocation_endpoint_auth_signing_alg_values_supported: algorithms,
  introspection_endpoint_auth_methods_supported: confidential,
  introspection_endpoint_auth_signing_alg_values_supported: algorithms,
  dpop_signing_alg_values_supported: proofAlgorithms,
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
  prompt_values_supported: prompts,
  acr_values_supported: acrValues,
  ui_locales_supported: languages,
  claim_types_supported: ['normal'],
  claims_supported: [
    ...['iss', 'sub', 'aud', 'azp', 'exp', 'iat', 'nonce', 'auth_time', 'acr', 'amr', 'sid'],
    ...claimNames.filter((name) => name !== 'sub'),
  ],
  claims_parameter_supported: true,
  request_parameter_supported: false,
  // Absent, it would mean true.
  request_uri_parameter_supported: false,
});
