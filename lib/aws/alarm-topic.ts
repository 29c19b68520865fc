/** Where the alarms of every stack of the stage go. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { alarmName } from './names.ts';

/** A topic that the settings name, or one of the stage's own. */
export function alarmTopic(scope: Construct, settings: StageSettings): ITopic {
  const { topicArn } = settings.deployment.alarms;
  return topicArn ? Topic.fromTopicArn(scope, 'Topic', topicArn) : makeTopic(scope, settings);
}

/**
 * `enforceSSL` makes a policy of the topic, which takes the place of SNS's own; that one let the whole account publish,
 * CloudWatch among it. So the policy says whose alarms may, and no other account's (the confused deputy). With the topic
 * encrypted by `aws/sns` CloudWatch could not publish: that key's policy cannot be changed.
 *
 * Sources: https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html,
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function makeTopic(scope: Construct, { stage, deployment }: StageSettings): Topic {
  const topic = new Topic(scope, 'Topic', {
    topicName: `identity-${stage}-alarms`,
    displayName: `Identity service, stage ${stage}`,
    enforceSSL: true,
  });
  const { account, region, partition } = Stack.of(scope);
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisStage',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${alarmName(stage, '*')}` },
      },
    }),
  );
  for (const address of deployment.alarms.emails) topic.addSubscription(new EmailSubscription(address));
  return topic;
}
