/** A queue that every event of a bus comes to, by a rule, as anyone could make on AWS. */
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';

export interface BusQueue {
  readonly url: string;
  remove(): Promise<void>;
}

export async function makeBusQueue(EventBusName: string): Promise<BusQueue> {
  const sqs = new SQSClient({});
  const events = new EventBridgeClient({});
  const rule = { Name: `${EventBusName}-observed`, EventBusName };

  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: rule.Name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await events.send(
    new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: [{ prefix: 'huleedu.' }] }) }),
  );
  await events.send(
    new PutTargetsCommand({ Rule: rule.Name, EventBusName, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }),
  );
  return {
    url: QueueUrl,
    async remove() {
      await events.send(new RemoveTargetsCommand({ Rule: rule.Name, EventBusName, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand(rule));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
