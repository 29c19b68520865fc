/**
 * The local S3: buckets that take new objects, as files in a folder. Of a given list of buckets, the one operation that
 * functions use, with its headers: signature, checksums, `If-None-Match`.
 *
 * Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { checkSignature, type SignedRequest } from './s3-signature.ts';
import { AwsError, type AwsService } from './service.ts';

/** A request as S3's operations take it: it is all in the path and the headers. */
export interface S3Request extends SignedRequest {
  readonly body: Buffer;
}

export interface S3Service extends AwsService {
  /** The keys of a bucket's objects, sorted. */
  keys(bucket: string): string[];
  read(bucket: string, key: string): Buffer;
  clear(): void;
}

/** Of one PUT: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_BYTES = 5 * 1024 ** 3;
const LONGEST_KEY = 1024;

/** @param directory keeps the objects, by bucket and key */
export function s3Service({
  directory,
  buckets,
  now,
}: {
  readonly directory: string;
  readonly buckets: readonly string[];
  readonly now: () => Date;
}): S3Service {
  const folderOf = (bucket: string) => join(directory, bucket);
  const fileOf = (bucket: string, key: string) => join(folderOf(bucket), ...key.split('/').map(encodeURIComponent));
  /** Keys that are being written: of two writers with a condition the second one is refused. */
  const underway = new Set<string>();

  async function putObject(request: S3Request): Promise<object> {
    const { headers, body } = request;
    checkSignature(request, now());
    const { bucket, key } = nameIn(request.path);
    if (!buckets.includes(bucket)) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    if (Buffer.byteLength(key) > LONGEST_KEY) throw new AwsError('KeyTooLongError', 'Your key is too long.');
    if (body.length > MOST_BYTES) throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum');
    checkDigests(headers, body);
    const condition = headers['if-none-match'];
    // S3 takes no ETag here.
    if (condition !== undefined && condition !== '*') {
      throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
    }
    const file = fileOf(bucket, key);
    if (condition && underway.has(file)) {
      throw new AwsError('ConditionalRequestConflict', 'A conflicting operation is under way: upload again', 409);
    }
    if (condition && existsSync(file)) {
      throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    }
    underway.add(file);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(`${file}.new`, body);
      await rename(`${file}.new`, file);
    } finally {
      underway.delete(file);
    }
    return { ETag: `"${createHash('md5').update(body).digest('hex')}"` };
  }

  return {
    id: 's3',
    operations: { PutObject: putObject },
    keys: (bucket) =>
      globSync('**/*', { cwd: folderOf(bucket), withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.new'))
        .map((entry) => join(entry.parentPath, entry.name).slice(folderOf(bucket).length + 1))
        .map((path) => path.split('/').map(decodeURIComponent).join('/'))
        .sort(),
    read: (bucket, key) => readFileSync(fileOf(bucket, key)),
    clear: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** `/bucket/a%3Db/c`: the bucket is in the path where the host is an address. */
function nameIn(path: string): { bucket: string; key: string } {
  const [, bucket = '', ...key] = path.split('/');
  if (key.join('/') === '') throw new AwsError('MethodNotAllowed', 'The method is not allowed on this resource', 405);
  return { bucket, key: key.map(decodeURIComponent).join('/') };
}

type Digest = (body: Buffer) => string;

const hash =
  (algorithm: string, encoding: 'base64' | 'hex'): Digest =>
  (body) =>
    createHash(algorithm).update(body).digest(encoding);

/** CRC-32 is what clients of S3 send unless they are told otherwise. */
function crc32Digest(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const digests: Readonly<Record<string, readonly [Digest, code: string]>> = {
  'content-md5': [hash('md5', 'base64'), 'BadDigest'],
  'x-amz-checksum-crc32': [crc32Digest, 'BadDigest'],
  'x-amz-checksum-sha1': [hash('sha1', 'base64'), 'BadDigest'],
  'x-amz-checksum-sha256': [hash('sha256', 'base64'), 'BadDigest'],
  'x-amz-content-sha256': [hash('sha256', 'hex'), 'XAmzContentSHA256Mismatch'],
};
/** S3 has them; here they cannot be checked, and none is accepted unread. */
const unknownDigests = ['x-amz-checksum-crc32c', 'x-amz-checksum-crc64nvme'];

function checkDigests(headers: S3Request['headers'], body: Buffer): void {
  const inChunks = String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
  const unknown = inChunks ? 'a body in chunks' : unknownDigests.find((header) => headers[header] !== undefined);
  if (unknown) throw new AwsError('NotImplemented', `The local S3 cannot check ${unknown}.`, 501);
  for (const [header, [digest, code]] of Object.entries(digests)) {
    const given = headers[header];
    if (given === undefined || given === 'UNSIGNED-PAYLOAD') continue;
    if (given !== digest(body)) {
      throw new AwsError(code, `The ${header} you specified did not match what we received.`);
    }
  }
}
