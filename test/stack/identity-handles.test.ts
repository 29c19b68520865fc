/** What IdentityService hands to whoever has it in an app, and what it takes. */
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SmsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { describe, expect, it } from 'vitest';
import { FIREWALL_REGION, IdentityFirewall } from '../../lib/aws/firewall.ts';
import { type AnyResource, makeIdentity, resourcesIn } from './in-an-app.ts';
import { prod } from './synthesized.ts';

/** An output of the service's stack: whatever has one is made after all that serves. */
const output = (name: unknown) => ({ 'Fn::GetAtt': ['IdentityServiceProd', name] });
const env = { account: '111122223333', region: 'eu-north-1' };

describe('the handles of a stage', () => {
  const stack = new Stack(new App(), 'Stack');
  const identity = makeIdentity(stack, 'Identity', {
    stage: 'prod',
    functions: [],
    service: { audience: 'school' },
    deployment: { alarms: { on: true, emails: ['on-call@school.test'] } },
  });
  const essays = new LambdaFunction(stack, 'Essays', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {};'),
    environment: { ISSUER: identity.issuer, JWKS: identity.jwksUri, API: identity.apiEndpoint },
  });
  const integration = new HttpUrlIntegration('Essays', 'https://essays.school.test');
  new HttpApi(stack, 'Api').addRoutes({ path: '/', integration, authorizer: identity.jwtAuthorizer() });
  identity.tokenAuthorizer(stack, 'Tokens', { roles: ['platform:admin'] });
  identity.onEvents(stack, 'Leavers', { topics: ['huleedu.identity.account.deleted.v1'], target: essays });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  identity.grantIntrospect(role);
  identity.grantPutEvents(role, 'huleedu.essays');
  identity.alarmTopic?.addSubscription(new SmsSubscription('+46700000000'));
  const template = Template.fromStack(stack);

  it('are its addresses, known when it serves', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          ISSUER: output('Outputs.Issuer'),
          JWKS: { 'Fn::Join': ['', [output('Outputs.Issuer'), '/.well-known/jwks.json']] },
          API: output('Outputs.ApiEndpoint'),
        },
      },
    });
    expect(identity.audience).toBe('school');
  });

  it('are authorizers for APIs of both kinds', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      JwtConfiguration: { Audience: ['school'], Issuer: output('Outputs.Issuer') },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ISSUER: output('Outputs.Issuer'), AUDIENCE: 'school', ROLES: 'platform:admin' } },
    });
  });

  it('S61: are its events, each from the service that owns the topic', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: output(Match.stringLikeRegexp('^Outputs\\..*Bus')),
      EventPattern: { source: ['huleedu.identity'], 'detail-type': ['huleedu.identity.account.deleted.v1'] },
    });
  });

  it('S49: are leaves for one route, and for events of one source', () => {
    const statements = Object.values(template.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('Role'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: { 'Fn::Join': ['', expect.arrayContaining(['/$default/POST/v1/auth/introspect'])] },
    });
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: output(expect.stringMatching(/^Outputs\..*Bus.*Arn$/)),
      Condition: { StringEquals: { 'events:source': 'huleedu.essays' } },
    });
    expect(() => identity.grantPutEvents(role, 'huleedu.identity')).toThrow('source: huleedu.identity is');
  });

  it('are its alarms, to which others may subscribe', () => {
    expect(resourcesIn(identity)).toContainEqual(
      expect.objectContaining({
        Type: 'AWS::SNS::Subscription',
        Properties: expect.objectContaining({ Protocol: 'sms' }),
      }),
    );
  });
});

describe('a stage that is given what is made in the same app', () => {
  const app = new App();
  const abroad = new Stack(app, 'Edge', { env: { ...env, region: FIREWALL_REGION }, crossRegionReferences: true });
  const stack = new Stack(app, 'Stack', { env, crossRegionReferences: true });
  const zone = new HostedZone(stack, 'Zone', { zoneName: 'school.test' });
  const certificate = (scope: Stack) => new Certificate(scope, 'Certificate', { domainName: '*.school.test' });
  const topic = new Topic(stack, 'OnCall');
  const { webAclArn } = new IdentityFirewall(abroad, 'Firewall', prod);
  const identity = makeIdentity(stack, 'Identity', {
    ...prod,
    functions: [],
    deployment: {
      alarms: { on: true, topicArn: topic.topicArn },
      edge: {
        webAclArn,
        domain: {
          name: 'id.school.test',
          certificateArn: certificate(abroad).certificateArn,
          hostedZoneId: zone.hostedZoneId,
        },
        apiDomain: {
          name: 'api.school.test',
          certificateArn: certificate(stack).certificateArn,
          hostedZoneId: zone.hostedZoneId,
        },
      },
    },
  });
  const made = resourcesIn(identity);
  const ofType = (type: string) => made.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);

  it('points its names at itself, in the zone', () => {
    const zoneId = { Ref: expect.stringContaining('Zone') };
    const [edge] = ofType('AWS::CloudFront::Distribution');
    expect(edge.DistributionConfig).toMatchObject({ Aliases: ['id.school.test'] });
    expect(
      ofType('AWS::Route53::RecordSet').sort((a, b) => `${a.Name}${a.Type}`.localeCompare(`${b.Name}${b.Type}`)),
    ).toEqual([
      record('api.school.test', 'A', 'RegionalDomainName'),
      record('id.school.test', 'A', 'DomainName'),
      record('id.school.test', 'AAAA', 'DomainName'),
    ]);
    function record(Name: string, Type: string, attribute: string) {
      return {
        HostedZoneId: zoneId,
        Name,
        Type,
        AliasTarget: expect.objectContaining({ DNSName: { 'Fn::GetAtt': [expect.any(String), attribute] } }),
      };
    }
  });

  it('is behind that firewall and sends to that topic, and makes neither', () => {
    const [edge] = ofType('AWS::CloudFront::Distribution');
    expect(JSON.stringify(edge.DistributionConfig.WebACLId)).toContain('WebAcl');
    expect([ofType('AWS::WAFv2::WebACL'), ofType('AWS::SNS::Topic')]).toEqual([[], []]);
    const [alarm] = ofType('AWS::CloudWatch::Alarm');
    expect(JSON.stringify(alarm.AlarmActions)).toContain('OnCall');
    const firewall: AnyResource[] = Object.values(Template.fromStack(abroad).toJSON().Resources);
    expect(firewall.map(({ Type }) => Type)).toContain('AWS::WAFv2::WebACL');
  });
});

it('a firewall is refused outside of us-east-1, where CloudFront does not look', () => {
  const stack = new Stack(new App(), 'Stack', { env });
  expect(() => new IdentityFirewall(stack, 'Firewall', { stage: 'prod' })).toThrow('not from eu-north-1');
});
