/** The HTTP API: the rows of lib/service/routes.ts and nothing besides, each throttled by its own row. */
import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import type { Route } from '../service/routes.ts';
import type { ServiceFunction } from './functions.ts';
import { logGroup } from './retention.ts';

/** The API without routes: the functions need its address, and the routes need the functions. */
export function makeApi(scope: Construct, { stage, service }: StageSettings): HttpApi {
  const { corsOrigins } = service;
  return new HttpApi(scope, 'Api', {
    apiName: `identity-${stage}`,
    createDefaultStage: false,
    // Tokens travel in the Authorization header, so no origin is ever allowed credentials (S33).
    ...(corsOrigins.length === 0
      ? {}
      : {
          corsPreflight: {
            allowOrigins: corsOrigins,
            allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
            allowHeaders: ['authorization', 'content-type', 'x-correlation-id'],
            exposeHeaders: ['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate', 'x-correlation-id'],
            maxAge: Duration.hours(1),
          },
        }),
  });
}

/**
 * The routes of the functions, then the stage that serves them.
 * @param after what must have run before the first request can come
 * @returns the access log
 */
export function serve(
  scope: Construct,
  httpApi: HttpApi,
  functions: readonly ServiceFunction[],
  after: readonly Construct[],
  settings: StageSettings,
): ILogGroup {
  const served = functions.flatMap(({ spec, handler }) =>
    spec.triggers.flatMap((trigger) => (trigger.kind === 'http' ? [{ row: trigger.route, spec, handler }] : [])),
  );
  const routes = served.map(({ row, spec, handler }) => {
    const route = new HttpRoute(scope, row.method === 'HEAD' ? `${spec.name}-head` : spec.name, {
      httpApi,
      routeKey: HttpRouteKey.with(row.path, HttpMethod[row.method]),
      integration: new HttpLambdaIntegration('Integration', handler),
      ...(row.auth === 'iam' ? { authorizer: new HttpIamAuthorizer() } : {}),
    });
    if (row.auth !== 'iam')
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: openBecause[row.auth] });
    route.node.addDependency(...after);
    return route;
  });
  // Under /aws/vendedlogs/ the group needs no entry in the account's log resource policy, which has an end.
  const logs = logGroup(scope, 'AccessLogs', `/aws/vendedlogs/identity-${settings.stage}/access`, settings);
  const stage = makeStage(scope, httpApi, logs);
  throttle(
    stage,
    served.map(({ row }) => row),
  );
  // API Gateway refuses settings of a route that is not there yet.
  stage.node.addDependency(...routes);
  return logs;
}

const openBecause = {
  none: 'Whoever has no token yet, or verifies one, calls it.',
  bearer: 'The function verifies the token itself: a session can be over before its token is.',
  session: 'The function looks the cookie up itself, and sends people who are signed out to sign in.',
  client: "The function authenticates the OAuth client itself, in a form's fields or HTTP Basic.",
};

function makeStage(scope: Construct, httpApi: HttpApi, logs: ILogGroup): HttpStage {
  return new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(logs), format: accessLine },
  });
}

/** The route's key in place of the path, no query, no header, no address: nothing of a person or a token (S36). */
const accessLine = AccessLogFormat.custom(
  JSON.stringify({
    request_id: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTimeEpoch(),
    route: '$context.routeKey',
    status: AccessLogField.contextStatus(),
    response_bytes: AccessLogField.contextResponseLength(),
    latency_ms: AccessLogField.contextResponseLatency(),
    integration_latency_ms: AccessLogField.contextIntegrationLatency(),
    integration_status: AccessLogField.contextIntegrationStatus(),
    error: '$context.error.responseType',
  }),
);

function throttle(stage: HttpStage, routes: readonly Route[]): void {
  if (!(stage.node.defaultChild instanceof CfnStage)) throw new Error('the stage is not a resource');
  stage.node.defaultChild.routeSettings = Object.fromEntries(
    routes.map(({ method, path, throttle: { rate, burst } }) => [
      `${method} ${path}`,
      { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
    ]),
  );
}
