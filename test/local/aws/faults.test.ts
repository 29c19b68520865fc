import { CreateKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Endpoint, startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { createFaults } from '../../../lib/local/aws/faults.ts';
import { kmsService } from '../../../lib/local/aws/kms.ts';
import { type SesService, sesService } from '../../../lib/local/aws/ses.ts';

let endpoint: Endpoint;
let ses: SesService;

beforeEach(async () => {
  ses = sesService();
  endpoint = await startEndpoint({ port: 0, services: [kmsService(), ses] });
});

afterEach(() => endpoint.close());

const settings = (maxAttempts: number) => ({
  endpoint: endpoint.url,
  region: 'eu-north-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts,
});
const kms = (maxAttempts = 1) => new KMSClient(settings(maxAttempts));
const listKeys = new ListKeysCommand({});
const createKey = new CreateKeyCommand({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
const mail = new SendEmailCommand({
  FromEmailAddress: 'us@example.test',
  Destination: { ToAddresses: ['you@example.test'] },
  Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
});

const order = async (fault: object) => {
  const answer = await fetch(`${endpoint.url}/_local/faults`, { method: 'POST', body: JSON.stringify(fault) });
  return { status: answer.status, body: (await answer.json()) as { message?: string; faults?: object[] } };
};

describe('ordered faults', () => {
  it('give an error once, shaped as the service shapes it', async () => {
    const { status } = await order({
      service: 'kms',
      operation: 'ListKeys',
      error: { code: 'KMSInternalException', message: 'down', status: 500 },
    });
    expect(status).toBe(201);
    await expect(kms().send(listKeys)).rejects.toMatchObject({
      name: 'KMSInternalException',
      message: 'down',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(kms().send(listKeys)).resolves.toMatchObject({ Keys: [] });
  });

  it('give a REST service its error, too', async () => {
    await order({ service: 'sesv2', operation: 'SendEmail', error: { code: 'TooManyRequestsException', status: 429 } });
    await expect(new SESv2Client(settings(1)).send(mail)).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
    expect(ses.messages()).toEqual([]);
  });

  it('strike as often as ordered, and the client retries', async () => {
    const error = { code: 'KMSInternalException', status: 500 };
    await order({ service: 'kms', operation: 'ListKeys', error, times: 2 });
    const { $metadata } = await kms(3).send(listKeys);
    expect($metadata.attempts).toBe(3);
    expect(endpoint.calls()).toEqual({ 'kms.ListKeys': 3 });
    expect(endpoint.faults.list()).toEqual([]);
  });

  it('stay until removed when times is null, for every operation of the service when it is *', async () => {
    await order({ service: 'kms', operation: '*', error: { code: 'KMSInternalException', status: 500 }, times: null });
    await expect(kms().send(listKeys)).rejects.toThrow();
    await expect(kms().send(createKey)).rejects.toThrow();
    await expect(new SESv2Client(settings(1)).send(mail)).resolves.toBeDefined();

    await fetch(`${endpoint.url}/_local/faults`, { method: 'DELETE' });
    await expect(kms().send(listKeys)).resolves.toBeDefined();
  });

  it('strike in the order given', async () => {
    await order({ service: 'kms', operation: 'ListKeys', error: { code: 'FirstException' } });
    await order({ service: 'kms', operation: 'ListKeys', error: { code: 'SecondException' } });
    await expect(kms().send(listKeys)).rejects.toMatchObject({ name: 'FirstException' });
    await expect(kms().send(listKeys)).rejects.toMatchObject({ name: 'SecondException' });
  });

  it('drop the connection before the work is done', async () => {
    await order({ service: 'sesv2', operation: 'SendEmail', drop: true });
    await expect(new SESv2Client(settings(1)).send(mail)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(ses.messages()).toHaveLength(0);
  });

  it('drop the connection after the work is done, so that a retry does it twice', async () => {
    await order({ service: 'sesv2', operation: 'SendEmail', drop: true, after: true });
    const { $metadata } = await new SESv2Client(settings(2)).send(mail);
    expect($metadata.attempts).toBe(2);
    expect(ses.messages()).toHaveLength(2);
  });

  it('can answer with an error although the work is done', async () => {
    const error = { code: 'KMSInternalException', status: 500 };
    await order({ service: 'kms', operation: 'CreateKey', error, after: true });
    await expect(kms().send(createKey)).rejects.toMatchObject({ name: 'KMSInternalException' });
    expect((await kms().send(listKeys)).Keys).toHaveLength(1);
  });

  it('let a call through after its delay', async () => {
    await order({ service: 'kms', operation: 'CreateKey', delay_ms: 20 });
    await kms().send(createKey);
    expect((await kms().send(listKeys)).Keys).toHaveLength(1);
  });

  it('delay neither other calls nor the stop of the host', async () => {
    await order({ service: 'kms', operation: 'CreateKey', delay_ms: 600_000 });
    const failed = expect(kms().send(createKey)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect.poll(() => endpoint.calls()['kms.CreateKey']).toBe(1);
    expect((await kms().send(listKeys)).Keys).toEqual([]);
    await endpoint.close();
    await failed;
    endpoint = await startEndpoint({ port: 0, services: [] });
  });

  it('are listed with how often they will still strike', async () => {
    await order({ service: 'kms', operation: 'ListKeys', drop: true, times: 3 });
    await expect(kms().send(listKeys)).rejects.toThrow();
    const listed = await (await fetch(`${endpoint.url}/_local/faults`)).json();
    expect(listed).toEqual({ faults: [expect.objectContaining({ operation: 'ListKeys', drop: true, times: 2 })] });
  });

  it('strike the share of calls that the rate names', () => {
    const draws = [0.2, 0.3, 0.29];
    const faults = createFaults([kmsService()], () => draws.shift() ?? 1);
    faults.order({ service: 'kms', operation: 'Sign', drop: true, times: null, rate: 0.3 });
    expect([1, 2, 3, 4].map(() => faults.take('kms', 'Sign') !== undefined)).toEqual([true, false, true, false]);
    expect(faults.struck()).toBe(2);
  });

  it.each([
    [{ service: 'kms', operation: 'Encrypt', drop: true }, 'no operation kms.Encrypt'],
    [{ service: 'sqs', operation: '*', drop: true }, 'no operation sqs.*'],
    [{ service: 'kms', operation: 'ListKeys' }, 'give an error'],
    [{ service: 'kms', operation: 'ListKeys', drop: true, times: 0 }, 'times'],
    [{ service: 'kms', operation: 'ListKeys', drop: true, rate: 2 }, 'rate'],
    [{ service: 'kms', operation: 'ListKeys', dorp: true }, 'dorp'],
  ])('are refused when they could never strike: %j', async (fault, reason) => {
    const { status, body } = await order(fault);
    expect(status).toBe(400);
    expect(body.message).toContain(reason);
    expect(endpoint.faults.list()).toEqual([]);
  });
});
