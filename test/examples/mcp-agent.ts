/** What an agent keeps for the MCP SDK's client, in memory; the SDK does the rest. */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';

export function agent(redirectUrl: string): OAuthClientProvider & { sentTo(): URL } {
  let client: OAuthClientInformationMixed | undefined;
  let tokens: OAuthTokens | undefined;
  let verifier = '';
  let address: URL | undefined;
  return {
    redirectUrl,
    clientMetadata: {
      client_name: 'Agent',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: () => client,
    saveClientInformation(registered) {
      client = registered;
    },
    tokens: () => tokens,
    saveTokens(given) {
      tokens = given;
    },
    codeVerifier: () => verifier,
    saveCodeVerifier(made) {
      verifier = made;
    },
    /** An agent opens its person's browser there. */
    redirectToAuthorization(url) {
      address = url;
    },
    sentTo() {
      if (!address) throw new Error('nobody was sent anywhere');
      return address;
    },
  };
}
