/** What is in the emulator's account of all that AWS would bill for, or that would stand in the way of the next deployment. */

import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { credentials } from './data-api.ts';

/** @returns the names of the stage's things that are there */
export async function leftovers(stage: string, endpoint: string): Promise<string[]> {
  const kms = new KMSClient({});
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const keys = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  const { SecretList = [] } = await new SecretsManagerClient({}).send(new ListSecretsCommand({}));
  const { QueueUrls = [] } = await new SQSClient({}).send(new ListQueuesCommand({}));
  const { EventBuses = [] } = await new EventBridgeClient({}).send(new ListEventBusesCommand({}));
  const call = (service: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    json(`${endpoint}${path}`, service, headers, body);
  const { Functions = [] } = await call('lambda', '/2015-03-31/functions/');
  const { Schedules = [] } = await call('scheduler', '/schedules');
  const { logGroups = [] } = await call('logs', '/', { 'x-amz-target': 'Logs_20140328.DescribeLogGroups' }, '{}');
  return [
    ...keys.flatMap(({ KeyMetadata: key }) => (key?.KeyState === 'PendingDeletion' ? [] : [`key ${key?.KeyId}`])),
    ...SecretList.filter(({ Description = '' }) => Description.includes(`stage ${stage}`)).map(({ ARN }) => `${ARN}`),
    ...QueueUrls,
    ...EventBuses.map(({ Name }) => `bus ${Name}`).filter((name) => name !== 'bus default'),
    ...Functions.map(({ FunctionName }: { FunctionName: string }) => `function ${FunctionName}`),
    ...Schedules.map(({ Name }: { Name: string }) => `schedule ${Name}`),
    ...logGroups.filter(ofStack).map(({ logGroupName }: LogGroup) => `log group ${logGroupName}`),
  ];
}

interface LogGroup {
  readonly logGroupName: string;
  readonly retentionInDays?: number;
}

/** The emulator makes one for a run that outlasts its function; on AWS no role of the stack may. */
const ofStack = ({ retentionInDays }: LogGroup) => retentionInDays !== undefined;

/** Services whose SDK this repo has no other use for. The emulator finds the service by the signature's scope. */
async function json(url: string, service: string, headers: Record<string, string>, body?: string) {
  const scope = `${credentials.accessKeyId}/20260101/${process.env.AWS_REGION}/${service}/aws4_request`;
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: three lists, each read for its names alone.
  return (await response.json()) as any;
}
