/** Another team's CDK app with the identity service in it, as README shows it. */
import { IdentityFirewall, IdentityService, type IdentityServiceProps } from '@huleedu/identity/cdk';
import { App, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';

const app = new App();
const env = (region: string) => ({ env: { account: '111122223333', region }, crossRegionReferences: true });
const zone = { hostedZoneId: 'Z0123456789ABCDEFGHIJ', zoneName: 'school.test' };
const name = 'id.school.test';
const settings = {
  stage: 'prod',
  service: { requireVerifiedEmail: true, mail: { sender: 'no-reply@school.test' } },
  deployment: { retainData: true, alarms: { on: true, emails: ['on-call@school.test'] } },
} satisfies IdentityServiceProps;

// CloudFront takes certificate and firewall from us-east-1, wherever the service is.
const edge = new Stack(app, 'SchoolEdge', env('us-east-1'));
const { certificateArn } = new Certificate(edge, 'Certificate', {
  domainName: name,
  validation: CertificateValidation.fromDns(HostedZone.fromHostedZoneAttributes(edge, 'Zone', zone)),
});
const { webAclArn } = new IdentityFirewall(edge, 'Firewall', settings);

const school = new Stack(app, 'School', env('eu-north-1'));
const identity = new IdentityService(school, 'Identity', {
  ...settings,
  deployment: {
    ...settings.deployment,
    edge: { webAclArn, domain: { name, certificateArn, hostedZoneId: zone.hostedZoneId } },
  },
  isFirst: app.node.tryGetContext('first') !== undefined,
});

const essays = new LambdaFunction(school, 'Essays', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromInline('exports.handler = async () => ({ statusCode: 204 })'),
  environment: { ISSUER: identity.issuer, IDENTITY_API: identity.apiEndpoint },
});
new HttpApi(school, 'Api').addRoutes({
  path: '/essays',
  integration: new HttpLambdaIntegration('Essays', essays),
  authorizer: identity.jwtAuthorizer(),
});
identity.onEvents(school, 'Leavers', { topics: ['huleedu.identity.account.deleted.v1'], target: essays });
identity.grantIntrospect(essays);
identity.grantPutEvents(essays, 'huleedu.essays');
