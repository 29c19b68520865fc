/**
 * Requests to AWS services whose SDK this repo has no other use for. They are signed with the credentials that the SDK
 * finds, and go to the endpoint that it would take.
 */
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AwsRequest {
  /** As in the host's name and in the signature: `lambda`. */
  readonly service: string;
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Ask = (request: AwsRequest) => Promise<string>;

/** A refusal, by the name that the service gives it. */
export class AwsRefusal extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** @returns asks and gives the answer's body; throws AwsRefusal, or what fetch throws */
export function awsRequests(): Ask {
  // Any client: they all find credentials and region alike.
  const { config } = new SESv2Client({});
  return async ({ service, method = 'POST', path = '/', headers = {}, body }) => {
    const region = await config.region();
    const url = new URL(path, endpointOf(service, region));
    const signer = new SignatureV4({ service, region, sha256: Sha256, credentials: config.credentials });
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const answer = await fetch(url, {
      method,
      headers: signed.headers,
      signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer, text);
    return text;
  };
}

function endpointOf(service: string, region: string): string {
  const { AWS_ENDPOINT_URL } = process.env;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return AWS_ENDPOINT_URL ?? `https://${service}.${region}.${suffix}`;
}

/** JSON services name the fault in a header or in `__type`, the older ones in XML. */
function refusal({ status, headers }: Response, text: string): AwsRefusal {
  const named =
    headers.get('x-amzn-errortype') ?? /"__type"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Code>([^<]+)</.exec(text)?.[1];
  const name = named?.split(':')[0]?.split('#').at(-1) ?? `status ${status}`;
  const message = /"[mM]essage"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Message>([^<]+)</.exec(text)?.[1] ?? '';
  return new AwsRefusal(name, message);
}
