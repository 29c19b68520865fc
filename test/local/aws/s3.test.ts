/** The local S3, and the functions' own way to put objects, which signs by itself. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Archive, archive } from '../../../functions/aws/archive.ts';
import { startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { s3Service } from '../../../lib/local/aws/s3.ts';

let ahead = 0;
const directory = mkdtempSync(join(tmpdir(), 's3-'));
const s3 = s3Service({ directory, buckets: ['logs'], now: () => new Date(Date.now() + ahead) });
const endpoint = await startEndpoint({ port: 0, services: [s3] });
const body = Buffer.from('content');
/** As the archive has it: what has to be encoded in a path, too. */
const KEY = "audit/v1/year=2026/it's (1)*.gz";
let logs: Archive;

const archiveAs = (secretAccessKey: string, bucketName = 'logs') =>
  archive({
    bucketName,
    region: 'eu-north-1',
    endpoint: endpoint.url,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey, sessionToken: 'local' }),
  });

beforeEach(() => {
  s3.clear();
  endpoint.faults.clear();
  endpoint.resetCalls();
  logs = archiveAs('local');
});
afterAll(async () => {
  await endpoint.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The request that the archive makes, with other headers, method or body than were signed. */
async function tampered(change: (request: Request) => RequestInit & { readonly url?: string }): Promise<string> {
  const real = globalThis.fetch;
  let sent: Response | undefined;
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    const { url: other, ...more } = change(new Request(url, init));
    sent = await real(other ?? url, { ...init, ...more });
    return sent.clone();
  });
  await logs.add(KEY, body).catch(() => {});
  vi.unstubAllGlobals();
  return `${sent?.status} ${/<Code>(.*)<\/Code>/.exec((await sent?.text()) ?? '')?.[1] ?? ''}`.trim();
}
const withHeader = (name: string, value: string | null) =>
  tampered(({ headers }) => {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
    return { headers };
  });

describe('an object', () => {
  it('is added, and found under its key', async () => {
    expect(await logs.add(KEY, body)).toBe(true);
    expect([s3.keys('logs'), s3.read('logs', KEY)]).toEqual([[KEY], body]);
  });

  it('is not written over', async () => {
    await logs.add(KEY, body);
    expect(await logs.add(KEY, Buffer.from('other'))).toBe(false);
    expect(s3.read('logs', KEY)).toEqual(body);
  });

  it('of two at once is the first, and the other one learns that it is there', async () => {
    const both = await Promise.all([logs.add(KEY, body), logs.add(KEY, body)]);
    expect(both.toSorted()).toEqual([false, true]);
  });

  it('is sent again while S3 is busy, and after a connection that broke', async () => {
    endpoint.faults.order({
      service: 's3',
      operation: 'PutObject',
      error: { code: 'SlowDown', status: 503 },
      times: 2,
    });
    endpoint.faults.order({ service: 's3', operation: 'PutObject', drop: true });
    expect(await logs.add(KEY, body)).toBe(true);
    expect(endpoint.calls()).toEqual({ 's3.PutObject': 4 });
  });

  it.each([
    ['AccessDenied', 403, 1],
    ['InternalError', 500, 5],
  ])('is given up for %s, with its code', async (code, status, tries) => {
    endpoint.faults.order({ service: 's3', operation: 'PutObject', error: { code, status }, times: null });
    await expect(logs.add(KEY, body)).rejects.toThrow(`S3 refuses ${KEY}: ${status} ${code}`);
    expect(endpoint.calls()).toEqual({ 's3.PutObject': tries });
  });

  it('goes to no bucket that is not there', async () => {
    await expect(archiveAs('local', 'others').add(KEY, body)).rejects.toThrow('404 NoSuchBucket');
  });
});

describe('the local S3 refuses', () => {
  it('a signature by another key', async () => {
    await expect(archiveAs('other').add(KEY, body)).rejects.toThrow('403 SignatureDoesNotMatch');
  });

  it('a signature of yesterday', async () => {
    ahead = 86_400_000;
    await expect(logs.add(KEY, body)).rejects.toThrow('403 RequestTimeTooSkewed');
    ahead = 0;
  });

  it.each([
    ['another content', () => tampered(() => ({ body: 'other' })), '400 BadDigest'],
    ['another key', () => tampered(({ url }) => ({ url: `${url}x` })), '403 SignatureDoesNotMatch'],
    ['another method', () => tampered(() => ({ method: 'DELETE', body: null })), '405 MethodNotAllowed'],
    ['another checksum', () => withHeader('x-amz-checksum-sha256', 'AAAA'), '403 SignatureDoesNotMatch'],
    ['no condition where one was signed', () => withHeader('if-none-match', null), '403 SignatureDoesNotMatch'],
    ['a header of AWS that is not signed', () => withHeader('x-amz-acl', 'public-read'), '403 AccessDenied'],
    ['a wrong MD5', () => withHeader('content-md5', 'AAAA'), '400 BadDigest'],
    ['no hash of the content', () => withHeader('x-amz-content-sha256', null), '400 InvalidRequest'],
  ])('%s', async (_, attempt, refusal) => {
    expect(await attempt()).toBe(refusal);
    expect(s3.keys('logs')).toEqual([]);
  });
});

/** A request as clients of S3 sign it, with headers that the archive never sends. */
async function signed(more: Record<string, string>): Promise<string> {
  const { host, hostname, protocol } = new URL(endpoint.url);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const signer = new SignatureV4({
    service: 's3',
    region: 'eu-north-1',
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const hash = createHash('sha256').update(body).digest('hex');
  const headers = { host, 'x-amz-content-sha256': hash, ...more };
  const request = await signer.sign({ method: 'PUT', protocol, hostname, path: '/logs/a', headers, body });
  const answer = await fetch(`${endpoint.url}/logs/a`, { method: 'PUT', headers: request.headers, body });
  return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(await answer.text())?.[1] ?? ''}`.trim();
}

describe('another client of the local S3', () => {
  it.each([
    ['the CRC-32 of the content, as boto3 sends it', { 'x-amz-checksum-crc32': '/sUwqQ==' }, '200'],
    ['another CRC-32', { 'x-amz-checksum-crc32': 'AAAAAA==' }, '400 BadDigest'],
    ['another SHA-1', { 'x-amz-checksum-sha1': 'AAAA' }, '400 BadDigest'],
    ['a checksum that is not read here', { 'x-amz-checksum-crc32c': 'AAAAAA==' }, '501 NotImplemented'],
    ['a stream, in chunks', { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' }, '501 NotImplemented'],
    ['spaces in a header, of which one is signed', { 'x-amz-meta-class': '7  b' }, '200'],
  ])('sends %s', async (_, headers, answer) => {
    expect(await signed(headers)).toBe(answer);
  });
});
