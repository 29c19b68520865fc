/**
 * A command-line tool that signs its person in by openid-client, without a browser of its own (RFC 8628): a public client,
 * `"grants": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"]`, which needs no redirect URI.
 */
import * as oidc from 'openid-client';

export interface ToolOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly say: (line: string) => void;
}

export async function signIn({ issuer, clientId, say }: ToolOptions) {
  const config = await oidc.discovery(
    new URL(issuer),
    clientId,
    undefined,
    oidc.None(),
    // Only for the service on this machine; leave it out for one that is deployed.
    issuer.startsWith('http:') ? { execute: [oidc.allowInsecureRequests] } : undefined,
  );
  // `offline_access`: the tool stays signed in when the person signs out of the browser.
  const asked = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email offline_access' });
  say(`Open ${asked.verification_uri} on any device, and type ${asked.user_code}.`);
  say(`Or open ${asked.verification_uri_complete}`);
  // Asks every five seconds; throws what the person or the clock decided: access_denied, expired_token.
  const tokens = await oidc.pollDeviceAuthorizationGrant(config, asked);
  const { email } = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
  say(`Signed in as ${email}.`);
  // Keep `refresh_token` where the system keeps secrets. It is another one after each use.
  return tokens;
}
