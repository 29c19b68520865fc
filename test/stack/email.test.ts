import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { patience } from '../../functions/domain/patience.ts';
import { functions } from '../../lib/service/functions.ts';
import { dev, functionOf, prod, resources, statementsOf, synthesize, undecided } from './synthesized.ts';

const { template } = synthesize({ ...dev, service: { mail: { sender: 'post@school.example' } } });
const sendEmail = functionOf(template, 'dev', 'send-email');
const roleOf = (id: string) => id.replace(/^<|\.Arn>$/g, '');

describe('mail on AWS', () => {
  it('S49: may be sent only from the stage’s sender', () => {
    const statements = statementsOf(template, roleOf(sendEmail.Properties.Role));
    const sending = statements.filter(({ actions }) => actions.some((action) => action.startsWith('ses:')));
    expect(sending).toMatchObject([
      { actions: ['ses:SendEmail'], Condition: { StringEquals: { 'ses:FromAddress': 'post@school.example' } } },
    ]);
  });

  it('S28: gives the link key only to functions that make or redeem links', () => {
    const holders = functions.filter(({ may }) => may.includes('secret:one-time-token')).map(({ name }) => name);
    const withKey = resources(template, 'AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.Environment?.Variables?.SECRET_ONE_TIME_TOKEN_ARN !== undefined)
      .map(({ Properties }) => Properties.FunctionName.replace('identity-dev-', ''));
    expect(withKey.sort()).toEqual(holders.sort());
    expect(holders).not.toContain('auth-register');
    expect(holders).not.toContain('relay-outbox');
  });

  it('waits in a queue while SES is slow or unreachable, and becomes a dead letter in the end', () => {
    const mapping = resources(template, 'AWS::Lambda::EventSourceMapping').find(
      ({ Properties }) => Properties.FunctionName === `<${sendEmail.id}>`,
    );
    expect(mapping?.Properties).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 5 } });
    template.hasResourceProperties('AWS::SQS::Queue', {
      // A message that is being handled is not delivered again before the function has surely ended.
      VisibilityTimeout: 6 * sendEmail.Properties.Timeout,
      RedrivePolicy: { maxReceiveCount: 1000, deadLetterTargetArn: Match.anyValue() },
      SqsManagedSseEnabled: true,
    });
    // The function puts a message off, and gives it up (functions/consumers/each-message.ts), before SQS ends either.
    expect(statementsOf(template, roleOf(sendEmail.Properties.Role))).toContainEqual(
      expect.objectContaining({ actions: expect.arrayContaining(['sqs:ChangeMessageVisibility']) }),
    );
    let [age, received] = [0, 0];
    for (; age <= patience.most; age += patience.pauseAfter(age)) received++;
    expect(received).toBeLessThan(1000 / 4);
  });

  it.each(['no-reply@example.com', 'post@mail.example.org'])(
    'has a sender that can be verified, or a stage that keeps its data is refused (%s)',
    (sender) => {
      const settings = { ...prod, service: { ...prod.service, mail: { sender } } };
      expect(() => synthesize(settings)).toThrow(`service.mail.sender: SES sends no mail as ${sender}`);
      expect(() => synthesize(undecided)).toThrow('service.mail.sender');
    },
  );

  it('is reported on by SES to the default bus, from there to mail-feedback, of this account and stage alone', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint', 'reject'],
        EventBridgeDestination: { EventBusArn: Match.anyValue() },
      },
    });
    const [destination] = resources(template, 'AWS::SES::ConfigurationSetEventDestination');
    expect(destination?.Properties.EventDestination.EventBridgeDestination.EventBusArn).toMatch(/:event-bus\/default$/);
    const rules = resources(template, 'AWS::Events::Rule').filter(({ Properties }) => !Properties.EventBusName);
    expect(rules).toHaveLength(1);
    expect(rules[0]?.Properties.EventPattern).toEqual({
      source: ['aws.ses'],
      'detail-type': ['Email Bounced', 'Email Complaint Received', 'Email Rejected'],
      account: ['<AWS::AccountId>'],
      detail: { mail: { tags: { 'ses:configuration-set': ['identity-dev'] } } },
    });
    const { id } = functionOf(template, 'dev', 'mail-feedback');
    const mapping = resources(template, 'AWS::Lambda::EventSourceMapping').find(
      ({ Properties }) => Properties.FunctionName === `<${id}>`,
    );
    const queue = /<(\w+)\.Arn>/.exec(mapping?.Properties.EventSourceArn)?.[1];
    expect(rules[0]?.Properties.Targets).toMatchObject([{ Arn: `<${queue}.Arn>` }]);
    // SES would keep back the link that proves the address after a complaint.
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      SuppressionOptions: { SuppressedReasons: ['BOUNCE'] },
    });
  });

  it('travels encrypted from server to server, or not at all', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSet', {
      Name: sendEmail.Properties.Environment.Variables.MAIL_CONFIGURATION_SET,
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      TrackingOptions: Match.absent(),
    });
  });
});
