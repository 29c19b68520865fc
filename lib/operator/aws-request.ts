/**
 * Requests to AWS services whose SDK this repo has no other use for. They are signed with the credentials that the SDK
 * finds, and go to the endpoint that it would take.
 */
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AwsRequest {
  /** As in the signature, and in the host's name unless `host` says otherwise: `lambda`. */
  readonly service: string;
  /** The host's own word for the service: `email` for `ses`. */
  readonly host?: string;
  /** The caller's, unless it is a service of one region, as CloudFront is. */
  readonly region?: string;
  /** The host has no region in its name. */
  readonly isGlobal?: boolean;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds. */
  readonly patience?: number;
}

export type Ask = (request: AwsRequest) => Promise<string>;

/** A refusal, by the name that the service gives it. */
export class AwsRefusal extends Error {
  override readonly name: string;
  /** Of HTTP. */
  readonly status: number;

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** @returns asks and gives the answer's body; throws AwsRefusal, or what fetch throws */
export function awsRequests(): Ask {
  // Any client: they all find credentials and region alike.
  const { config } = new SESv2Client({});
  return async ({ service, host = service, region: ofService, isGlobal = false, ...request }) => {
    const { method = 'POST', path = '/', headers = {}, body, patience = 10_000 } = request;
    const region = ofService ?? (await config.region());
    const url = new URL(path, endpointOf(host, region, isGlobal));
    const signer = new SignatureV4({ service, region, sha256: Sha256, credentials: config.credentials });
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const answer = await fetch(url, {
      method,
      headers: signed.headers,
      signal: AbortSignal.timeout(patience),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer, text);
    return text;
  };
}

function endpointOf(host: string, region: string, isGlobal: boolean): string {
  const { AWS_ENDPOINT_URL } = process.env;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return AWS_ENDPOINT_URL ?? `https://${isGlobal ? host : `${host}.${region}`}.${suffix}`;
}

/** JSON services name the fault in a header or in `__type`, the older ones in XML. */
function refusal({ status, headers }: Response, text: string): AwsRefusal {
  const named =
    headers.get('x-amzn-errortype') ?? /"__type"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Code>([^<]+)</.exec(text)?.[1];
  const name = named?.split(':')[0]?.split('#').at(-1) ?? `status ${status}`;
  const message = /"[mM]essage"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Message>([^<]+)</.exec(text)?.[1] ?? '';
  return new AwsRefusal(name, message, status);
}
