import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { type FunctionSpec, functions } from '../../lib/service/functions.ts';
import { routes } from '../../lib/service/routes.ts';
import { dev, functionOf, resources, synthesize } from './synthesized.ts';

const { template } = synthesize(dev);
/** The table's rows, and a HEAD for every open GET. */
const served = functions.flatMap(({ triggers }) =>
  triggers.flatMap((trigger) => (trigger.kind === 'http' ? [trigger.route] : [])),
);

describe('the API', () => {
  it('has the routes of the table and no others', () => {
    const keys = resources(template, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties.RouteKey);
    expect(keys.sort()).toEqual(served.map(({ method, path }) => `${method} ${path}`).sort());
    const open = routes.filter(({ method, auth }) => method === 'GET' && auth === 'none');
    expect(served).toHaveLength(routes.length + open.length);
    for (const { path } of open) expect(keys).toContain(`HEAD ${path}`);
  });

  it('sends each route to its own function, payload 2.0', () => {
    const integrations = resources(template, 'AWS::ApiGatewayV2::Integration');
    expect(integrations.every(({ Properties }) => Properties.PayloadFormatVersion === '2.0')).toBe(true);
    const uris = integrations.map(({ Properties }) => Properties.IntegrationUri);
    // One for each function: several rows may share one.
    expect(new Set(uris).size).toBe(new Set(routes.map(({ entry }) => entry)).size);

    const login = resources(template, 'AWS::ApiGatewayV2::Route').find(
      ({ Properties }) => Properties.RouteKey === 'POST /v1/auth/login',
    );
    const target = integrations.find(({ id }) => login?.Properties.Target === `integrations/<${id}>`);
    expect(target?.Properties.IntegrationUri).toBe(`<${functionOf(template, 'dev', 'auth-login').id}.Arn>`);
  });

  it('throttles each route as its row says', () => {
    const [stage] = resources(template, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.StageName).toBe('$default');
    expect(stage?.Properties.RouteSettings).toEqual(
      Object.fromEntries(
        served.map(({ method, path, throttle: { rate, burst } }) => [
          `${method} ${path}`,
          { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst },
        ]),
      ),
    );
  });

  it('throttles a route as the settings say, where they do', () => {
    const throttles = { 'POST /v1/auth/login': { rate: 30, burst: 60, concurrency: 12 } };
    const changed = synthesize({ ...dev, deployment: { ...dev.deployment, reserveConcurrency: true, throttles } });
    const [stage] = resources(changed.template, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties.RouteSettings['POST /v1/auth/login']).toEqual({
      ThrottlingRateLimit: 30,
      ThrottlingBurstLimit: 60,
    });
    const { Properties } = functionOf(changed.template, 'dev', 'auth-login');
    expect(Properties.ReservedConcurrentExecutions).toBe(12);
  });

  it('S36: logs no address, path, query or header', () => {
    const [stage] = resources(template, 'AWS::ApiGatewayV2::Stage');
    const logged = JSON.stringify(stage?.Properties.AccessLogSettings.Format).match(/\$context\.[\w.]+/g);
    expect(logged?.sort()).toEqual([
      '$context.error.responseType',
      '$context.integrationLatency',
      '$context.integrationStatus',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
  });

  it('S33: has no CORS of its own, which would drop what functions say: one of them answers every preflight', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
    const options = routes.filter(({ method }) => method === 'OPTIONS');
    expect(options.map(({ path, auth }) => [path, auth])).toEqual([['/{proxy+}', 'none']]);
    const corsOrigins = ['https://app.example.com'];
    synthesize({ stage: 'dev', service: { corsOrigins } }).template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: Match.absent(),
    });
  });

  it('S41: requires SigV4 where the table says so, and nowhere else', () => {
    const machineRoute: FunctionSpec = {
      name: 'machine',
      entry: 'functions/routes/machine.ts',
      stack: 'documents',
      triggers: [
        {
          kind: 'http',
          route: {
            method: 'POST',
            path: '/v1/machine',
            summary: 'Only for machines',
            entry: 'functions/routes/machine.ts',
            stack: 'documents',
            auth: 'iam',
            throttle: { rate: 1, burst: 1 },
            may: [],
            memory: 128,
            bundleKiB: 1,
            answers: { 204: null },
          },
        },
      ],
      may: [],
      memory: 128,
      timeout: 1,
      bundleKiB: 1,
    };
    synthesize(dev, [machineRoute]).template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      AuthorizationType: 'AWS_IAM',
    });
    const signed = resources(template, 'AWS::ApiGatewayV2::Route')
      .filter(({ Properties }) => Properties.AuthorizationType !== 'NONE')
      .map(({ Properties }) => `${Properties.AuthorizationType} ${Properties.RouteKey}`);
    const expected = routes.filter(({ auth }) => auth === 'iam').map(({ method, path }) => `AWS_IAM ${method} ${path}`);
    expect(signed.sort()).toEqual(expected.sort());
  });
});
