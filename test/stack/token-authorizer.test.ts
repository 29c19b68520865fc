/** What other teams put into their own stacks. */
import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { EssaysStack } from '../examples/http-api-jwt-authorizer.ts';
import { GradesStack } from '../examples/lambda-authorizer.ts';

const identity = { issuer: 'https://id.example.com', audience: 'huleedu-platform' };
const templateOf = (make: (app: App) => Stack) => Template.fromStack(make(new App()));

describe('the JWT authorizer of an HTTP API', () => {
  it('needs the issuer and the audience, and guards the route', () => {
    const template = templateOf((app) => new EssaysStack(app, 'Essays', identity));
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: identity.issuer, Audience: [identity.audience] },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'JWT' });
  });
});

describe('the Lambda authorizer', () => {
  const template = templateOf((app) => new GradesStack(app, 'Grades', identity));

  it('answers an HTTP API simply, and is asked once a minute for a token', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: ['$request.header.Authorization'],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'CUSTOM' });
  });

  it('guards a REST API by the same header', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'TOKEN',
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: 'method.request.header.Authorization',
    });
    template.hasResourceProperties('AWS::ApiGateway::Method', { AuthorizationType: 'CUSTOM' });
  });

  it('is a function that knows the issuer, the audience and the roles, and may do nothing but log', () => {
    const { ISSUER, AUDIENCE } = { ISSUER: identity.issuer, AUDIENCE: identity.audience };
    const functionWith = (Variables: object) => ({ Runtime: 'nodejs24.x', Environment: { Variables } });
    template.hasResourceProperties('AWS::Lambda::Function', functionWith({ ISSUER, AUDIENCE, ROLES: Match.absent() }));
    template.hasResourceProperties('AWS::Lambda::Function', functionWith({ ISSUER, AUDIENCE, ROLES: 'teacher' }));
    expect(Object.keys(template.findResources('AWS::IAM::Policy'))).toEqual([]);
  });
});
