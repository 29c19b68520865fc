import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { customResource } from '../../functions/aws/custom-resource.ts';

/** The part of S3 that takes the answers: by a presigned URL, whose signature has no content type. */
const answers: { method: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
/** What S3 does with the next answers; after these it takes every one. Null cuts the connection. */
let moods: (number | null)[] = [];
const s3 = createServer(async (request, response) => {
  answers.push({ method: request.method, headers: request.headers, body: await text(request) });
  const mood = moods.length > 0 ? moods.shift() : request.headers['content-type'] === undefined ? 200 : 403;
  if (typeof mood !== 'number') return void request.socket.destroy();
  response.writeHead(mood).end('<Error><Code>SomeCode</Code></Error>');
});
let event: CloudFormationCustomResourceEvent;
const invocation = { getRemainingTimeInMillis: () => 30_000 };
const lastAnswer = () => JSON.parse(answers.at(-1)?.body ?? '');

beforeAll(async () => {
  await once(s3.listen(0, '127.0.0.1'), 'listening');
  const { port } = s3.address() as AddressInfo;
  event = {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${port}/answer?X-Amz-Signature=5ec2e7`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    ServiceToken: 'token',
    ResourceType: 'Custom::thing',
    ResourceProperties: { ServiceToken: 'token' },
  };
});
beforeEach(() => {
  answers.length = 0;
  moods = [];
});
afterAll(() => void s3.close());

it('reports to CloudFormation what was made, under a constant id', async () => {
  await customResource('thing', async () => ({ Sha256: 'abc' }))(event, invocation);
  expect(answers).toMatchObject([{ method: 'PUT' }]);
  expect(lastAnswer()).toEqual({
    Status: 'SUCCESS',
    PhysicalResourceId: 'thing',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    Data: { Sha256: 'abc' },
  });
});

it('sends no content type, which S3 would miss in the signature, and the length in bytes', async () => {
  await customResource('thing', async () => ({ Name: 'Förskolan' }))(event, invocation);
  const [{ headers, body } = { headers: {}, body: '' }] = answers;
  expect(headers).not.toHaveProperty('content-type');
  expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
  expect(lastAnswer().Data).toEqual({ Name: 'Förskolan' });
});

it('reports a failure, too, but not its message', async () => {
  const failing = customResource('thing', async () => {
    throw new Error('secret detail');
  });
  await failing(event, invocation);
  expect(lastAnswer()).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'thing' });
  expect(answers[0]?.body).not.toContain('secret detail');
});

it('reports a failure while there is time to, if the work does not end', async () => {
  const stuck = customResource('thing', () => new Promise(() => {}));
  await stuck(event, { getRemainingTimeInMillis: () => 10_000 });
  expect(lastAnswer()).toMatchObject({ Status: 'FAILED' });
});

it('reports a failure instead of an answer that is longer than CloudFormation reads', async () => {
  await customResource('thing', async () => ({ Long: 'ö'.repeat(2048) }))(event, invocation);
  expect(lastAnswer()).toMatchObject({ Status: 'FAILED' });
});

it('answers again, with the work done once, while S3 fails, throttles or cuts the connection', async () => {
  let done = 0;
  moods = [500, 503, null];
  await customResource('thing', async () => ({ Done: String(++done) }))(event, invocation);
  expect(answers).toHaveLength(4);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(lastAnswer()).toMatchObject({ Status: 'SUCCESS', Data: { Done: '1' } });
});

it('fails when S3 does not take its answer in four tries, so that Lambda runs it again', async () => {
  moods = [500, 500, 500, 500];
  await expect(customResource('thing', async () => undefined)(event, invocation)).rejects.toThrow('no answer');
  expect(answers).toHaveLength(4);
});

it('fails at once when S3 refuses the signature, and keeps the URL out of the log', async () => {
  moods = [403];
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  await expect(customResource('thing', async () => undefined)(event, invocation)).rejects.toThrow('no answer');
  expect(answers).toHaveLength(1);
  const lines = written.mock.calls.map(([line]) => String(line));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ status: 403 }]);
  expect(lines.join()).not.toContain('5ec2e7');
});
