/**
 * Another team's APIs behind the Lambda authorizer: a REST API for everybody with a token, and a REST and an HTTP API
 * for the teachers of the organisation that the path names.
 */

import { TokenAuthorizer } from '@huleedu/identity/token-authorizer';
import { Stack, type StackProps } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';

export interface GradesProps extends StackProps {
  readonly issuer: string;
  readonly audience: string;
}

export class GradesStack extends Stack {
  constructor(scope: Construct, id: string, { issuer, audience, ...props }: GradesProps) {
    super(scope, id, props);
    const anyone = new TokenAuthorizer(this, 'Anyone', { issuer, audience });
    const teachers = new TokenAuthorizer(this, 'Teachers', {
      issuer,
      audience,
      roles: ['teacher'],
      orgId: { pathParameter: 'org_id' },
    });

    const rest = new RestApi(this, 'Rest').root;
    rest.addMethod('GET', new MockIntegration(), { authorizer: anyone.forRestApi() });
    const grades = rest.addResource('orgs').addResource('{org_id}').addResource('grades');
    grades.addMethod('GET', new MockIntegration(), { authorizer: teachers.forRestApi() });
    new HttpApi(this, 'Http').addRoutes({
      path: '/orgs/{org_id}/grades',
      integration: new HttpUrlIntegration('Grades', 'https://grades.example.com'),
      authorizer: teachers.forHttpApi(),
    });
  }
}
