import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { customResource } from '../../functions/aws/custom-resource.ts';

/** The part of CloudFormation that takes the answers. */
const answers: { method: string | undefined; body: unknown }[] = [];
const cloudFormation = createServer(async (request, response) => {
  answers.push({ method: request.method, body: await json(request) });
  response.end();
});
let event: CloudFormationCustomResourceEvent;

beforeAll(async () => {
  await once(cloudFormation.listen(0, '127.0.0.1'), 'listening');
  const { port } = cloudFormation.address() as AddressInfo;
  event = {
    RequestType: 'Create',
    ResponseURL: `http://127.0.0.1:${port}/answer`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'logical',
    ServiceToken: 'token',
    ResourceType: 'Custom::thing',
    ResourceProperties: { ServiceToken: 'token' },
  };
});
afterAll(() => void cloudFormation.close());

it('reports to CloudFormation what was made, under a constant id', async () => {
  await customResource('thing', async () => ({ Sha256: 'abc' }))(event);
  expect(answers.at(-1)).toEqual({
    method: 'PUT',
    body: {
      Status: 'SUCCESS',
      PhysicalResourceId: 'thing',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'logical',
      Data: { Sha256: 'abc' },
    },
  });
});

it('reports a failure, too, but not its message', async () => {
  const failing = customResource('thing', async () => {
    throw new Error('secret detail');
  });
  await failing(event);
  expect(answers.at(-1)?.body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'thing' });
  expect(JSON.stringify(answers.at(-1))).not.toContain('secret detail');
});
