import { App, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationProtocol, ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { expect, it } from 'vitest';
import { WikiStack } from '../examples/clients/load-balancer.ts';

it('the recipe’s load balancer asks the service’s endpoints, and holds no secret in its template', () => {
  const app = new App();
  const shared = new Stack(app, 'Shared');
  const vpc = new Vpc(shared, 'Vpc', { maxAzs: 2, natGateways: 0 });
  const wiki = new ApplicationTargetGroup(shared, 'Wiki', {
    vpc,
    port: 80,
    protocol: ApplicationProtocol.HTTP,
    targetType: TargetType.IP,
  });
  const stack = new WikiStack(app, 'Balancer', {
    vpc,
    wiki,
    certificate: Certificate.fromCertificateArn(
      shared,
      'Certificate',
      'arn:aws:acm:eu-north-1:111122223333:certificate/1',
    ),
    issuer: 'https://id.school.example',
    clientId: 'wiki',
    clientSecret: SecretValue.secretsManager('wiki-client'),
  });
  const listeners = Object.values(Template.fromStack(stack).findResources('AWS::ElasticLoadBalancingV2::Listener'));
  expect(listeners.map(({ Properties }) => Properties.DefaultActions[0].AuthenticateOidcConfig)).toEqual([
    {
      Issuer: 'https://id.school.example',
      AuthorizationEndpoint: 'https://id.school.example/oauth/authorize',
      TokenEndpoint: 'https://id.school.example/oauth/token',
      UserInfoEndpoint: 'https://id.school.example/oauth/userinfo',
      ClientId: 'wiki',
      ClientSecret: '{{resolve:secretsmanager:wiki-client:SecretString:::}}',
      Scope: 'openid email profile',
      SessionTimeout: '28800',
    },
  ]);
});
