/** POST /oauth/token (RFC 6749 §3.2): tokens for a code, a refresh token, a person's token, or in the client's own name. */
import { type OAuthTokenResponse, TokenRequest } from '../../contracts/http/oauth.ts';
import { type GrantType, JWT_BEARER, TOKEN_EXCHANGE } from '../../domain/client.ts';
import type { AuthenticatedClient } from '../../domain/client-credentials.ts';
import { DEVICE_GRANT } from '../../domain/device-code.ts';
import { Problem } from '../../domain/problem.ts';
import type { RequestContext } from '../../domain/request-context.ts';
import { clientAuthentication } from '../../flows/authenticate-client.ts';
import { currentClients } from '../../flows/find-current-client.ts';
import type { GrantedTokens } from '../../flows/grant-tokens.ts';
import { exchangeCode } from '../../flows/grants/code.ts';
import { type ExchangeNeeds, exchangeToken } from '../../flows/grants/exchange.ts';
import { grantToMachine } from '../../flows/grants/machine.ts';
import { refreshTokens } from '../../flows/grants/refresh.ts';
import { withProof } from '../../http/client-proof.ts';
import { clientRoute } from '../../http/client-route.ts';
import type { HttpRequest } from '../../http/messages.ts';
import { stageBearerTokens } from '../../stage/bearer-tokens.ts';
import { stageClients, stageFetch } from '../../stage/clients.ts';
import { stageDatabase } from '../../stage/database.ts';
import { stageRefreshTokens } from '../../stage/keys.ts';
import { stageSettings } from '../../stage/settings.ts';
import { stageSigner } from '../../stage/signer.ts';
import { stageTrustedIssuers } from '../../stage/trusted-issuers.ts';

const signer = stageSigner();
const settings = stageSettings();
const database = stageDatabase();
const { read } = stageBearerTokens();
const needs: ExchangeNeeds = {
  ...{ settings, database, read },
  ...{ refreshTokens: stageRefreshTokens(), admitSigning: signer.admit },
};
const clients = stageClients(currentClients({ database, settings, fetch: stageFetch() }));
signer.prepare();

export const handler = clientRoute(
  clientAuthentication({ clients, settings, trustedIssuers: stageTrustedIssuers() }, '/oauth/token'),
  { body: TokenRequest },
  async (request, client) => {
    const proven = await withProof(request, client, settings);
    return { status: 200, headers: { pragma: 'no-cache' }, body: answerOf(await grant(request, proven), proven) };
  },
);

type Sent = Partial<TokenRequest>;

/** What every grant may ask for less of. */
const askedOf = ({ scope, resource = [] }: Sent) => ({
  scope: scope === undefined ? undefined : [...new Set(scope.split(' ').filter(Boolean))],
  resource,
});

/** By `grant_type`; what is published of them is grantTypes (domain/client.ts). */
const grants: Readonly<
  Record<
    GrantType | typeof JWT_BEARER,
    (body: Sent, client: AuthenticatedClient, context: RequestContext) => Promise<GrantedTokens>
  >
> = {
  authorization_code: (body, client, context) => {
    const { redirect_uri: redirectUri, code_verifier: codeVerifier } = body;
    const sent = { grant: 'authorization_code', code: needed(body, 'code'), redirectUri, codeVerifier } as const;
    return exchangeCode(needs, client, { ...sent, ...askedOf(body) }, context);
  },
  refresh_token: (body, client, context) =>
    refreshTokens(needs, client, { refreshToken: needed(body, 'refresh_token'), ...askedOf(body) }, context),
  client_credentials: (body, client, context) => grantToMachine(needs, client, askedOf(body), context),
  // The client has shown who it is by the assertion itself.
  [JWT_BEARER]: (body, client, context) => grantToMachine(needs, client, askedOf(body), context),
  [TOKEN_EXCHANGE]: (body, client, context) => {
    const asked = {
      ...{ subjectToken: needed(body, 'subject_token'), subjectTokenType: needed(body, 'subject_token_type') },
      ...{ requestedTokenType: body.requested_token_type, actorToken: body.actor_token },
      ...askedOf({ ...body, resource: [...(body.resource ?? []), ...(body.audience ?? [])] }),
    };
    return exchangeToken(needs, client, asked, context);
  },
  [DEVICE_GRANT]: (body, client, context) => {
    const sent = {
      grant: DEVICE_GRANT,
      code: needed(body, 'device_code'),
      redirectUri: undefined,
      codeVerifier: undefined,
    } as const;
    return exchangeCode(needs, client, { ...sent, ...askedOf(body) }, context);
  },
};

const isGrantType = (name: string | undefined): name is keyof typeof grants => Object.hasOwn(grants, name ?? '');

function grant(
  { body: sent, context }: HttpRequest<TokenRequest>,
  client: AuthenticatedClient,
): Promise<GrantedTokens> {
  const body = withoutEmpty(sent);
  if (!isGrantType(body.grant_type)) throw new Problem('GRANT_TYPE_UNSUPPORTED');
  return grants[body.grant_type](body, client, context);
}

/** RFC 6749 §3.2: a parameter without a value is as good as omitted. */
const withoutEmpty = (sent: TokenRequest) =>
  Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== '')) as Sent;

type Needed = 'code' | 'refresh_token' | 'device_code' | 'subject_token' | 'subject_token_type';

function needed(body: Sent, name: Needed): string {
  const value = body[name];
  if (value === undefined) throw new Problem('VALIDATION_ERROR', { detail: `${name} is missing.` });
  return value;
}

const answerOf = (tokens: GrantedTokens, { jkt }: AuthenticatedClient): OAuthTokenResponse => ({
  access_token: tokens.accessToken,
  token_type: jkt === null ? 'Bearer' : 'DPoP',
  expires_in: tokens.expiresIn,
  ...(tokens.scope === undefined ? {} : { scope: tokens.scope.join(' ') }),
  ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
  ...(tokens.idToken === undefined ? {} : { id_token: tokens.idToken }),
  ...(tokens.issuedTokenType === undefined ? {} : { issued_token_type: tokens.issuedTokenType }),
});
