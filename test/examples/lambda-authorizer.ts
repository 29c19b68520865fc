/** Another team's APIs behind the Lambda authorizer: a REST API, and an HTTP API that lets teachers in only. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Construct } from 'constructs';
import { TokenAuthorizer } from '../../lib/aws/token-authorizer.ts';

export interface GradesProps extends StackProps {
  readonly issuer: string;
  readonly audience: string;
}

export class GradesStack extends Stack {
  constructor(scope: Construct, id: string, { issuer, audience, ...props }: GradesProps) {
    super(scope, id, props);
    const anyone = new TokenAuthorizer(this, 'Anyone', { issuer, audience });
    const teachers = new TokenAuthorizer(this, 'Teachers', { issuer, audience, roles: ['teacher'] });

    new RestApi(this, 'Rest').root.addMethod('GET', new MockIntegration(), { authorizer: anyone.forRestApi() });
    new HttpApi(this, 'Http').addRoutes({
      path: '/grades',
      integration: new HttpUrlIntegration('Grades', 'https://grades.example.com'),
      authorizer: teachers.forHttpApi(),
    });
  }
}
