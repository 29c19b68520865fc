/** POST /oauth/token (RFC 6749 §3.2): tokens for a code, for a refresh token, or in the client's own name. */
import { type OAuthTokenResponse, TokenRequest } from '../../contracts/http/oauth.ts';
import type { AuthenticatedClient } from '../../domain/client-credentials.ts';
import { Problem } from '../../domain/problem.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import {
  exchangeCode,
  type GrantedTokens,
  type GrantNeeds,
  grantToMachine,
  refreshTokens,
} from '../../flows/grant-tokens.ts';
import { clientRoute } from '../../http/client-route.ts';
import type { HttpRequest } from '../../http/messages.ts';
import { stageClients } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { findClient } from '../../store/find-clients.ts';

const signer = stageSigner();
const settings = stageSettings();
const database = stageDatabase();
const needs: GrantNeeds = { settings, database, refreshTokens: stageRefreshTokens(), admitSigning: signer.admit };
const clients = stageClients((clientId) => findClient(database, clientId));
signer.prepare();

export const handler = clientRoute(
  clientAuthentication({ clients, settings }, '/oauth/token'),
  { body: TokenRequest },
  async (request, client) => ({
    status: 200,
    headers: { pragma: 'no-cache' },
    body: answerOf(await grant(request, client)),
  }),
);

function grant(
  { body: sent, context }: HttpRequest<TokenRequest>,
  client: AuthenticatedClient,
): Promise<GrantedTokens> {
  const body = withoutEmpty(sent);
  const scope = body.scope === undefined ? undefined : [...new Set(body.scope.split(' ').filter(Boolean))];
  const asked = { scope, resource: body.resource ?? [] };
  switch (body.grant_type) {
    case 'authorization_code': {
      const { redirect_uri: redirectUri, code_verifier: codeVerifier } = body;
      return exchangeCode(needs, client, { code: needed(body, 'code'), redirectUri, codeVerifier, ...asked }, context);
    }
    case 'refresh_token':
      return refreshTokens(needs, client, { refreshToken: needed(body, 'refresh_token'), ...asked }, context);
    case 'client_credentials':
      return grantToMachine(needs, client, asked, context);
    default:
      throw new Problem('GRANT_TYPE_UNSUPPORTED');
  }
}

/** RFC 6749 §3.2: a parameter without a value is as good as omitted. */
const withoutEmpty = (sent: TokenRequest) =>
  Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== '')) as Partial<TokenRequest>;

function needed(body: Partial<TokenRequest>, name: 'code' | 'refresh_token'): string {
  const value = body[name];
  if (value === undefined) throw new Problem('VALIDATION_ERROR', { detail: `${name} is missing.` });
  return value;
}

const answerOf = (tokens: GrantedTokens): OAuthTokenResponse => ({
  access_token: tokens.accessToken,
  token_type: 'Bearer',
  expires_in: tokens.expiresIn,
  ...(tokens.scope === undefined ? {} : { scope: tokens.scope.join(' ') }),
  ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
  ...(tokens.idToken === undefined ? {} : { id_token: tokens.idToken }),
});
