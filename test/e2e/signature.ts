/** Signs requests to the routes for machines (SigV4), with the credentials in the environment. */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { target } from './target.ts';

const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION } = process.env;

export const canSign = Boolean(AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY && AWS_REGION);

/** @returns the headers of a POST with this body */
export async function signed(path: string, body: string): Promise<Record<string, string>> {
  const { hostname, host, protocol } = new URL(target.url);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: AWS_REGION ?? '',
    sha256: Sha256,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    },
  });
  const headers = { host, 'content-type': 'application/json' };
  return (await signer.sign({ method: 'POST', protocol, hostname, path, headers, body })).headers;
}
