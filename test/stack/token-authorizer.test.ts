/** The constructs that other teams put into their own stacks. */
import { App, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TokenAuthorizer, type TokenAuthorizerProps } from '../../lib/aws/token-authorizer.ts';
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

  it('gives an HTTP API the simple response, cached for a minute by token and path', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: ['$request.header.Authorization', '$context.path', '$context.routeKey'],
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

  it('S64: is called again by a REST API for another path, whose organisation may be another', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization,context.path,context.httpMethod',
    });
  });

  it('is a function that has the issuer, the audience and the demands, and may only log', () => {
    const { ISSUER, AUDIENCE } = { ISSUER: identity.issuer, AUDIENCE: identity.audience };
    const functionWith = (Variables: object) => ({ Runtime: 'nodejs24.x', Environment: { Variables } });
    const none = Match.absent();
    template.hasResourceProperties(
      'AWS::Lambda::Function',
      functionWith({ ISSUER, AUDIENCE, ROLES: none, ORG_ID: none, ORG_IN: none }),
    );
    template.hasResourceProperties(
      'AWS::Lambda::Function',
      functionWith({ ISSUER, AUDIENCE, ROLES: 'teacher', ORG_IN: 'path:org_id' }),
    );
    expect(Object.keys(template.findResources('AWS::IAM::Policy'))).toEqual([]);
    const roles = Object.values(
      template.findResources('AWS::IAM::Role', { Properties: { Policies: Match.anyValue() } }),
    );
    const statement = (log: unknown) => ({
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [log, 'Arn'] },
    });
    expect(
      roles.map(({ Properties }) => [Properties.ManagedPolicyArns, Properties.Policies[0].PolicyDocument.Statement]),
    ).toEqual(Object.keys(template.findResources('AWS::Logs::LogGroup')).map((log) => [undefined, [statement(log)]]));
  });
});

describe('what the Lambda authorizer demands', () => {
  const stack = new Stack(new App(), 'Stack');
  let made = 0;
  const make = (more: object) =>
    new TokenAuthorizer(stack, `Tokens${made++}`, { ...identity, ...more } as TokenAuthorizerProps);

  it.each([
    [{ roles: ['teacher'] }, 'roles: "teacher" holds only inside an organisation'],
    [{ roles: ['platform:admin', 'teacher'] }, 'roles: "teacher" holds'],
    [{ roles: [] }, 'roles: name at least one'],
    [{ roles: [''] }, 'roles: "" is not a role name'],
    [{ roles: ['teacher owner'], orgId: 'org' }, 'is not a role name'],
    [{ roles: undefined }, 'roles: name at least one'],
    [{ roles: ['teacher'], orgId: undefined }, 'orgId: '],
    [{ roles: ['teacher'], orgId: '' }, 'orgId: '],
    [{ roles: ['teacher'], orgId: {} }, 'orgId: '],
    [{ roles: ['teacher'], orgId: { header: '' } }, 'orgId: '],
    [{ roles: ['teacher'], orgId: { header: 'x-org', pathParameter: 'org_id' } }, 'orgId: '],
    [{ role: ['teacher'] }, 'role is not an option'],
    [{ issuer: undefined }, 'issuer: '],
    [{ issuer: 'id.example.com' }, 'issuer: '],
    [{ audience: undefined }, 'audience: '],
    [{ audience: ' ' }, 'audience: '],
  ])('S64: is refused at synth as %j', (more, message) => {
    expect(() => make(more)).toThrow(message);
  });

  it('S64: may be for the platform, for one organisation, or for one that a header names', () => {
    const http = (authorizer: TokenAuthorizer) => authorizer.forHttpApi() as unknown as { props: object };
    make({ roles: ['platform:admin'] });
    make({ roles: ['teacher'], orgId: 'org' });
    // A value that only the deployment knows is checked by the function.
    make({ issuer: Fn.importValue('Issuer'), audience: Fn.importValue('Audience'), orgId: Fn.importValue('Org') });
    expect(http(make({ roles: ['teacher'], orgId: { header: 'X-Org-Id' } }))).toMatchObject({
      props: { identitySource: ['$request.header.Authorization', '$request.header.X-Org-Id'] },
    });
    const variables = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties.Environment.Variables,
    );
    expect(variables).toMatchObject([
      { ROLES: 'platform:admin' },
      { ROLES: 'teacher', ORG_ID: 'org' },
      { ISSUER: { 'Fn::ImportValue': 'Issuer' } },
      { ROLES: 'teacher', ORG_IN: 'header:x-org-id' },
    ]);
  });
});
