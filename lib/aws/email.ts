/**
 * What a stage needs of SES. The sender's identity is not made here: its domain is verified once for an account, by
 * records in its DNS, and stages share it (README, "Mail").
 */
import { Aws } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailSendingEvent,
  EventDestination,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { mailConfigurationSet } from '../service/environment.ts';

/** No click tracking: it would lead links, and the tokens in them, through another host. */
export function makeConfigurationSet(scope: Construct, stage: string): ConfigurationSet {
  const set = new ConfigurationSet(scope, 'MailConfigurationSet', {
    configurationSetName: mailConfigurationSet(stage),
    // A link is a key for an hour or a day: not in clear between mail servers.
    tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    // SES keeps bounced addresses by itself, for the whole account. A complaint is ours to judge: SES would keep back the
    // link as well that its owner asks for (functions/store/mail-feedback.ts).
    suppressionReasons: SuppressionReasons.BOUNCES_ONLY,
    reputationMetrics: true,
  });
  // SES takes the default bus only; functions/domain/mail/feedback.ts has what it puts there.
  set.addEventDestination('Feedback', {
    destination: EventDestination.eventBus(EventBus.fromEventBusName(scope, 'DefaultBus', 'default')),
    events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT, EmailSendingEvent.REJECT],
  });
  return set;
}

/**
 * Any identity, but the stage's sender alone: SES looks at the recipient's identity too where the account has it, as
 * every recipient's must be in the sandbox (aws-sdk-js#3641).
 */
export const sendEmail = (stage: string, sender: string) =>
  new PolicyStatement({
    actions: ['ses:SendEmail'],
    resources: [anyIdentity, arnOf(`configuration-set/${mailConfigurationSet(stage)}`)],
    conditions: { StringEquals: { 'ses:FromAddress': sender } },
  });

const arnOf = (resource: string) => `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
const anyIdentity = arnOf('identity/*');

/** For cdk-nag, on the role that has the statement. */
export const anyIdentityAcknowledged = {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
  reason: 'SES checks the recipient’s identity too where the account has it; a condition narrows it to one sender.',
};
