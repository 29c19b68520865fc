/**
 * Another team's HTTP API, which verifies this service's access tokens itself: the cheapest way, and it needs only the
 * issuer. API Gateway checks the signature, `kid`, `iss`, `aud`, `exp`, `nbf` and `iat`; neither `typ` nor roles. A
 * function that relies on a role must compare the claims' `org_id` with the organisation of its data: in an
 * organisation of their own anybody has any role.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export interface EssaysProps extends StackProps {
  /** The identity service's stack has this as its output `Issuer`. */
  readonly issuer: string;
  readonly audience: string;
}

export class EssaysStack extends Stack {
  constructor(scope: Construct, id: string, { issuer, audience, ...props }: EssaysProps) {
    super(scope, id, props);
    const essays = new LambdaFunction(this, 'Essays', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async (event) => event.requestContext.authorizer.jwt.claims.sub'),
    });
    new HttpApi(this, 'Api').addRoutes({
      path: '/essays',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Integration', essays),
      authorizer: new HttpJwtAuthorizer('Identity', issuer, { jwtAudience: [audience] }),
    });
  }
}
