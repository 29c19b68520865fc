/**
 * Puts new objects into a bucket: one operation, which the AWS SDK's client for S3 would need 300 KiB for. The signer is
 * that of the SDK, which every client in the bundle brings along.
 *
 * An object is never written over (`If-None-Match: *`), and S3 checks that it has what was sent: the body's SHA-256 is in
 * the signature, and beside the object as its checksum, which Object Lock asks for.
 *
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { backoff } from '../domain/backoff.ts';
import { log } from '../runtime/log.ts';

export interface ArchiveTarget {
  readonly bucketName: string;
  readonly region: string;
  /** In place of AWS's own. */
  readonly endpoint?: string | undefined;
  /** As they are at each call. */
  credentials(): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

export interface Archive {
  /** @returns whether it was added; false if there is an object of this key already. @throws Error with S3's code */
  add(key: string, body: Buffer<ArrayBuffer>): Promise<boolean>;
}

const TRIES = 5;
/** Milliseconds for one try: an object has a few MB. */
const PATIENCE = 30_000;

/** What S3 refuses for now: it is busy, or somebody writes the same key at this moment. */
const PASSING = new Set([409, 429, 500, 502, 503, 504]);
/** What it says, by 400, of a request that came too slowly, or not whole. */
const NOT_WHOLE = new Set(['RequestTimeout', 'IncompleteBody']);

export function archive(target: ArchiveTarget): Archive {
  const at = placeOf(target);
  const signer = new SignatureV4({
    service: 's3',
    region: target.region,
    credentials: async () => target.credentials(),
    sha256: Sha256,
    // S3 signs the path as it is sent: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    uriEscapePath: false,
  });

  async function put(key: string, body: Buffer<ArrayBuffer>): Promise<Response> {
    const path = `${at.path}/${key.split('/').map(escaped).join('/')}`;
    const digest = createHash('sha256').update(body).digest();
    const { headers } = await signer.sign({
      method: 'PUT',
      protocol: at.url.protocol,
      hostname: at.url.hostname,
      path,
      headers: {
        host: at.url.host,
        'content-type': 'application/gzip',
        'if-none-match': '*',
        'x-amz-content-sha256': digest.toString('hex'),
        'x-amz-checksum-sha256': digest.toString('base64'),
      },
      body,
    });
    return fetch(new URL(path, at.url), {
      method: 'PUT',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  return {
    async add(key, body) {
      for (let failures = 1; ; failures++) {
        const answer = await put(key, body).catch((error: unknown) => error as Error);
        if (!(answer instanceof Error)) {
          const text = await answer.text();
          if (answer.ok) return true;
          // There already: an earlier try whose answer was lost, or an earlier run.
          if (answer.status === 412) return false;
          const code = codeIn(text);
          const fault = new Error(`S3 refuses ${key}: ${answer.status} ${code}`);
          const passes = PASSING.has(answer.status) || NOT_WHOLE.has(code);
          if (!passes || failures === TRIES) throw fault;
          log('warn', 'the archive takes nothing for now', { error: fault });
        } else if (failures === TRIES) throw answer;
        await delay(backoff(failures, { first: 200, longest: 5_000 }));
      }
    },
  };
}

/** In S3's answer, which is XML. */
const codeIn = (text: string) => /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? 'without a code';

/** A bucket has a host of its own; at another endpoint it is the first part of the path. */
function placeOf({ bucketName, region, endpoint }: ArchiveTarget): { readonly url: URL; readonly path: string } {
  if (endpoint) return { url: new URL(endpoint), path: `/${bucketName}` };
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return { url: new URL(`https://${bucketName}.s3.${region}.${suffix}`), path: '' };
}

/** RFC 3986 §2.3: all but the unreserved. */
const escaped = (segment: string) =>
  encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
