/** The HTTP API: the rows of lib/service/routes.ts and nothing besides, each throttled by its own row. */
import { Stack, Validations } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnIntegration,
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpIntegrationType,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import type { FunctionSpec } from '../service/functions.ts';
import type { Route } from '../service/routes.ts';
import type { ServiceFunction } from './functions.ts';

/**
 * The API without routes: the functions need its address, and the routes need the functions. It has no CORS of its own,
 * which would be the same for all paths and drop what functions say: those answer preflights and for themselves
 * (functions/http/cors.ts).
 */
export function makeApi(scope: Construct, { stage, deployment }: StageSettings): HttpApi {
  return new HttpApi(scope, 'Api', {
    apiName: `identity-${stage}`,
    createDefaultStage: false,
    disableExecuteApiEndpoint: deployment.edge?.apiDomain !== undefined,
  });
}

/** The routes of the functions: one integration for each function, since an API takes 300. */
export function makeRoutes(scope: Construct, { apiId }: HttpApi, made: readonly ServiceFunction[]): void {
  for (const { spec, handler } of made) {
    const rows = routesOf(spec);
    if (rows.length === 0) continue;
    const own = new Construct(scope, spec.name);
    const integration = new CfnIntegration(own, 'Integration', {
      apiId,
      integrationType: HttpIntegrationType.AWS_PROXY,
      integrationUri: handler.functionArn,
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0.version,
    });
    for (const [path, methods] of Map.groupBy(rows, ({ path }) => path)) {
      const leave = new CfnPermission(own, `Invoke ${path}`, {
        action: 'lambda:InvokeFunction',
        functionName: handler.functionArn,
        principal: 'apigateway.amazonaws.com',
        sourceArn: Stack.of(own).formatArn({ service: 'execute-api', resource: apiId, resourceName: `*/*${path}` }),
      });
      for (const row of methods) {
        // The stage serves a new route at once, and API Gateway must then have leave to call the function.
        makeRoute(own, apiId, integration, row).addResourceDependency(leave);
      }
    }
  }
}

export const routesOf = ({ triggers }: FunctionSpec): Route[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'http' ? [trigger.route] : []));

function makeRoute(scope: Construct, apiId: string, integration: CfnIntegration, row: Route): CfnRoute {
  const key = `${row.method} ${row.path}`;
  const route = new CfnRoute(scope, key, {
    apiId,
    routeKey: key,
    target: `integrations/${integration.ref}`,
    authorizationType: row.auth === 'iam' ? 'AWS_IAM' : 'NONE',
  });
  if (row.auth !== 'iam')
    Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: openBecause[row.auth] });
  return route;
}

const openBecause = {
  none: 'Whoever has no token yet, or verifies one, calls it.',
  bearer: 'The function verifies the token itself: a session can be over before its token is.',
  session: 'The function looks the cookie up itself, and answers with a page either way.',
  client: "The function authenticates the OAuth client itself, in a form's fields or HTTP Basic.",
};

/**
 * The stage that serves the routes, each throttled by its own row.
 * @param after what makes the routes: API Gateway refuses settings of a route that is not there yet
 */
export function makeStage(
  scope: Construct,
  httpApi: HttpApi,
  rows: readonly Route[],
  logs: ILogGroup,
  after: readonly Construct[],
): HttpStage {
  const stage = new HttpStage(scope, 'Stage', {
    httpApi,
    stageName: '$default',
    autoDeploy: true,
    accessLogSettings: { destination: new LogGroupLogDestination(logs), format: accessLine },
  });
  throttle(stage, rows);
  stage.node.addDependency(...after);
  return stage;
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
