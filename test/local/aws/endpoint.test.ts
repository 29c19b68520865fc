import { connect } from 'node:net';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EncryptCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { kmsService } from '../../../lib/local/aws/kms.ts';
import { secretsManagerService } from '../../../lib/local/aws/secrets-manager.ts';
import { AwsError, type AwsService } from '../../../lib/local/aws/service.ts';
import { sesService } from '../../../lib/local/aws/ses.ts';

const blobs: Uint8Array[] = [];
const rdsData: AwsService = {
  id: 'rds-data',
  operations: {
    ExecuteStatement(input) {
      if (input.sql === 'fail') throw new TypeError('a bug in the service');
      if (input.sql === 'bad') throw new AwsError('BadRequestException', 'no such table');
      blobs.push(Buffer.from(input.parameters[0].value.blobValue, 'base64'));
      return { numberOfRecordsUpdated: 2, records: [[{ blobValue: input.parameters[0].value.blobValue }]] };
    },
  },
};
const events: AwsService = {
  id: 'events',
  operations: {
    PutEvents: (input) => ({ FailedEntryCount: 0, Entries: [{ EventId: String(input.Entries[0].Time) }] }),
  },
};

let endpoint: Endpoint;

beforeEach(async () => {
  endpoint = await startEndpoint({
    port: 0,
    services: [kmsService(), secretsManagerService(), sesService(), rdsData, events],
    control: async ({ method, path, query, body }) => {
      if (path === '/_local/echo') return { status: 202, body: { method, q: query.get('q'), body: body.toString() } };
      if (path === '/_local/broken') throw new Error('broken');
      return path === '/_aws/text' ? { status: 200, headers: { 'x-a': 'b' }, body: 'plain' } : undefined;
    },
  });
});

afterEach(() => endpoint.close());

const settings = () => ({
  endpoint: endpoint.url,
  region: 'eu-north-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
});

const post = (path: string, headers: Record<string, string>, body?: string) =>
  fetch(endpoint.url + path, { method: 'POST', headers, body });

describe('the local AWS endpoint', () => {
  it('answers each service in the protocol that its client speaks', async () => {
    await new KMSClient(settings()).send(new ListKeysCommand({}));
    const result = await new RDSDataClient(settings()).send(
      new ExecuteStatementCommand({
        resourceArn: 'arn:cluster',
        secretArn: 'arn:secret',
        sql: 'select :b',
        parameters: [{ name: 'b', value: { blobValue: Uint8Array.of(0, 255) } }],
      }),
    );
    const put = await new EventBridgeClient(settings()).send(
      new PutEventsCommand({ Entries: [{ Time: new Date(1_700_000_000_000), Source: 's' }] }),
    );

    expect(blobs.at(-1)).toEqual(Buffer.of(0, 255));
    expect(result.records?.[0]?.[0]?.blobValue).toEqual(Uint8Array.of(0, 255));
    expect(result.$metadata).toMatchObject({
      httpStatusCode: 200,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(put.Entries?.[0]?.EventId).toBe('1700000000');
    expect(endpoint.calls()).toEqual({ 'kms.ListKeys': 1, 'rds-data.ExecuteStatement': 1, 'events.PutEvents': 1 });
  });

  it('gives a REST error its code in a header and its message in the body', async () => {
    const statement = { resourceArn: 'a', secretArn: 'b', sql: 'bad' };

    await expect(new RDSDataClient(settings()).send(new ExecuteStatementCommand(statement))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'no such table',
      $metadata: { httpStatusCode: 400 },
    });
    const answer = await post('/Execute', {}, JSON.stringify(statement));
    expect(answer.headers.get('x-amzn-errortype')).toBe('BadRequestException');
    expect(await answer.json()).toEqual({ message: 'no such table' });
  });

  it('reports an operation that only the real service has as unknown', async () => {
    const unknown = { name: 'UnknownOperationException' };
    await expect(
      new KMSClient(settings()).send(new EncryptCommand({ KeyId: 'k', Plaintext: Buffer.of(1) })),
    ).rejects.toMatchObject({ ...unknown, $metadata: { httpStatusCode: 400 } });
    await expect(new SecretsManagerClient(settings()).send(new ListSecretsCommand({}))).rejects.toMatchObject(unknown);
    await expect(new SESv2Client(settings()).send(new GetAccountCommand({}))).rejects.toMatchObject({
      ...unknown,
      $metadata: { httpStatusCode: 404 },
    });
    expect(endpoint.calls()).toEqual({});
  });

  it.each(['DynamoDB_20120810.GetItem', 'TrentService.toString', 'TrentService.__proto__', 'TrentService', ''])(
    'reports the target %j as unknown',
    async (target) => {
      const answer = await post('/', { 'x-amz-target': target }, '{}');
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
    },
  );

  it.each(['{', '[]', '"x"', 'null'])('answers SerializationException to the body %s', async (body) => {
    const answer = await post('/', { 'x-amz-target': 'TrentService.ListKeys' }, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it('reads a missing body as an empty input', async () => {
    const answer = await post('/', { 'x-amz-target': 'TrentService.ListKeys' });
    expect(await answer.json()).toEqual({ Truncated: false, Keys: [] });
  });

  it('turns a bug in a service into InternalFailure, with the details in the log and not in the answer', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const answer = await post('/Execute', {}, '{"sql":"fail"}');
    expect(answer.status).toBe(500);
    expect(answer.headers.get('x-amzn-errortype')).toBe('InternalFailure');
    expect(await answer.text()).not.toContain('a bug');
    expect(log).toHaveBeenCalledWith(expect.stringContaining('rds-data.ExecuteStatement'), expect.any(TypeError));
    log.mockRestore();
  });

  it('keeps a connection open from one call to the next', async () => {
    const socket = connect(endpoint.port, '127.0.0.1');
    const request = 'GET /_local/calls HTTP/1.1\r\nHost: localhost\r\n\r\n';
    let received = '';
    socket.on('data', (data) => {
      received += data;
      if (received.match(/200 OK/g)?.length === 1) socket.write(request);
      else socket.end();
    });
    socket.write(request);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received.match(/200 OK/g)).toHaveLength(2);
  });

  it('counts calls until the count is cleared', async () => {
    const client = new KMSClient(settings());
    await client.send(new ListKeysCommand({}));
    await client.send(new ListKeysCommand({}));
    expect(await (await fetch(`${endpoint.url}/_local/calls`)).json()).toEqual({ calls: { 'kms.ListKeys': 2 } });

    await fetch(`${endpoint.url}/_local/calls`, { method: 'DELETE' });
    expect(endpoint.calls()).toEqual({});
  });

  it('passes paths under /_local/ and /_aws/ to the host, and answers 404 for the others', async () => {
    const echo = await post('/_local/echo?q=%C3%A5', {}, 'hello');
    expect([echo.status, await echo.json()]).toEqual([202, { method: 'POST', q: 'å', body: 'hello' }]);
    const text = await fetch(`${endpoint.url}/_aws/text`);
    expect([await text.text(), text.headers.get('x-a')]).toEqual(['plain', 'b']);

    const missing = await fetch(`${endpoint.url}/_local/nothing`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ message: 'Nothing at GET /_local/nothing' });
  });

  it('answers 500 when the host fails', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const answer = await fetch(`${endpoint.url}/_local/broken`);
    expect([answer.status, await answer.json()]).toEqual([500, { message: 'broken' }]);
    log.mockRestore();
  });

  it('reports that a port is in use', async () => {
    await expect(startEndpoint({ port: endpoint.port, services: [] })).rejects.toThrow(
      `The local AWS endpoint cannot listen on 127.0.0.1:${endpoint.port}: the port is in use`,
    );
  });

  it('cuts running calls when it is closed', async () => {
    const stuck: AwsService = { id: 'rds-data', operations: { ExecuteStatement: () => new Promise(() => {}) } };
    const other = await startEndpoint({ port: 0, services: [stuck] });
    const cut = expect(fetch(`${other.url}/Execute`, { method: 'POST' })).rejects.toThrow('fetch failed');
    await expect.poll(() => other.calls()['rds-data.ExecuteStatement']).toBe(1);
    await other.close();
    await cut;
  });

  it('accepts nothing after it is closed', async () => {
    const other = await startEndpoint({ port: 0, services: [secretsManagerService()] });
    await other.close();
    const client = new SecretsManagerClient({ ...settings(), endpoint: other.url });
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'x' }))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
