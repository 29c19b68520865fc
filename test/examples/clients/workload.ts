/**
 * A Lambda function that calls another service, with no secret anywhere: STS says which role it has, and the identity service
 * which client that is. Its role needs `sts:GetWebIdentityToken`, and the account outbound identity federation.
 */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

const { ISSUER = '', GRADES_URL = '', AWS_REGION = '', AWS_ENDPOINT_URL_STS } = process.env;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** The same as `new STSClient().send(new GetWebIdentityTokenCommand(…))`, without that client in the bundle. */
async function webIdentityToken(audience: string): Promise<string> {
  const url = new URL(AWS_ENDPOINT_URL_STS ?? `https://sts.${AWS_REGION}.amazonaws.com/`);
  const asked = { Action: 'GetWebIdentityToken', Version: '2011-06-15', 'Audience.member.1': audience };
  const body = new URLSearchParams({ ...asked, SigningAlgorithm: 'RS256', DurationSeconds: '300' }).toString();
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  const signer = new SignatureV4({
    ...{ service: 'sts', region: AWS_REGION, sha256: Sha256 },
    credentials: {
      ...{ accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    },
  });
  const { protocol, hostname, host, pathname: path } = url;
  const { headers } = await signer.sign({ method: 'POST', protocol, hostname, path, headers: { host, ...form }, body });
  const answer = await fetch(url, { method: 'POST', headers, body });
  const token = /<WebIdentityToken>([\w.-]+)</.exec(await answer.text())?.[1];
  if (!answer.ok || token === undefined) throw new Error(`STS answered ${answer.status}`);
  return token;
}

let kept: { readonly token: string; readonly until: number } | undefined;

/** Used until a minute before its end, for as long as the function is warm. */
async function accessToken(): Promise<string> {
  if (kept && kept.until > Date.now()) return kept.token;
  const answer = await fetch(`${ISSUER}/oauth/token`, {
    method: 'POST',
    headers: form,
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await webIdentityToken(ISSUER),
      scope: 'grades:read',
    }),
  });
  const body = (await answer.json()) as {
    access_token: string;
    expires_in: number;
    error?: string;
    error_description?: string;
  };
  if (!answer.ok) throw new Error(`no access token: ${body.error} ${body.error_description}`);
  kept = { token: body.access_token, until: Date.now() + (body.expires_in - 60) * 1000 };
  return kept.token;
}

export async function handler(): Promise<unknown> {
  const answer = await fetch(GRADES_URL, { headers: { authorization: `Bearer ${await accessToken()}` } });
  if (!answer.ok) throw new Error(`grades answered ${answer.status}`);
  return answer.json();
}
