/** What the edge and the API know each other by: a secret that changes without a refusal, and the API's own name. */
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionOf, prerequisites, prod, resources, synthesize } from './synthesized.ts';

const { template } = synthesize(prod);
const domain = { name: 'identity.example.com', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a' };
const only = (type: string, of: Template = template) => {
  const found = resources(of, type);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
};

describe('a change of the edge’s secret', () => {
  const at = (secretVersion: number) =>
    synthesize({ ...prod, deployment: { ...prod.deployment, edge: { withoutDomain: true, secretVersion } } }).template;
  /** The version that CloudFront sends, and those that the functions accept. */
  function versionsOf(of: Template) {
    const versions = new Map<string, number>(
      resources(of, 'AWS::SecretsManager::Secret').flatMap(({ id, Properties }) => {
        const [, version] = /what the edge proves itself with, version (\d+)$/.exec(Properties.Description) ?? [];
        return version ? [[`<${id}>`, Number(version)] as const] : [];
      }),
    );
    const [origin] = only('AWS::CloudFront::Distribution', of).DistributionConfig.Origins;
    const [{ HeaderValue }] = origin.OriginCustomHeaders;
    const accepted: string[] = only('Custom::digest-edge-secret', of).SecretArns;
    return {
      sent: versions.get(HeaderValue.replace(/^\{\{resolve:secretsmanager:(<\w+>):.*$/, '$1')),
      accepted: accepted.map((arn) => versions.get(arn) ?? 0).sort(),
    };
  }

  it('refuses nobody: what the edge sends before, during and after it is accepted before, during and after', () => {
    for (const version of [1, 2, 3, 4]) {
      const [before, after] = [versionsOf(at(version)), versionsOf(at(version + 1))];
      expect([before.sent, after.sent]).toEqual([version, version + 1]);
      for (const { accepted } of [before, after])
        expect(accepted).toEqual(expect.arrayContaining([before.sent, after.sent]));
    }
    // A leaked one is out after two.
    expect(versionsOf(at(5)).accepted).not.toContain(3);
  });

  it('keeps the other secrets as they are', () => {
    const [before, after] = [at(2), at(3)].map((of) =>
      resources(of, 'AWS::SecretsManager::Secret').map(({ id }) => id),
    );
    expect(before?.filter((id) => !after?.includes(id))).toHaveLength(1);
    expect(after?.filter((id) => !before?.includes(id))).toHaveLength(1);
  });

  it('reaches the functions after CloudFront', () => {
    const { id } = resources(template, 'AWS::CloudFront::Distribution')[0] ?? { id: '' };
    const named = synthesize({ ...prod, deployment: { ...prod.deployment, edge: { domain } } }).template;
    for (const of of [template, named]) {
      expect(prerequisites(of, functionOf(of, 'prod', 'auth-login').id)).toContain(id);
    }
  });
});

describe('the API’s own address', () => {
  it('is AWS’s, unless the API has a name: then that of AWS is closed', () => {
    expect(only('AWS::ApiGatewayV2::Api').DisableExecuteApiEndpoint).not.toBe(true);
    const apiDomain = { name: 'api.example.com', certificateArn: 'arn:aws:acm:eu-north-1:111122223333:certificate/b' };
    const of = synthesize({ ...prod, deployment: { ...prod.deployment, edge: { domain, apiDomain } } }).template;
    expect(only('AWS::ApiGatewayV2::Api', of).DisableExecuteApiEndpoint).toBe(true);
    const [origin] = only('AWS::CloudFront::Distribution', of).DistributionConfig.Origins;
    expect(origin.DomainName).toBe('api.example.com');
    expect(origin.OriginCustomHeaders).toHaveLength(1);
    expect(only('AWS::ApiGatewayV2::DomainName', of)).toMatchObject({
      DomainName: 'api.example.com',
      DomainNameConfigurations: [{ EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
    });
    const [mapping] = resources(of, 'AWS::ApiGatewayV2::ApiMapping');
    const [stage] = resources(of, 'AWS::ApiGatewayV2::Stage');
    expect(prerequisites(of, mapping?.id ?? '')).toContain(stage?.id);
    const { Outputs } = of.toJSON();
    expect(Outputs.ApiEndpoint.Value).toBe('https://api.example.com');
    expect(Outputs.Issuer.Value).toBe('https://identity.example.com');
    expect(JSON.stringify(Outputs.ApiDomainTarget.Value)).toContain('RegionalDomainName');
    expect(JSON.stringify(of.toJSON())).not.toContain('.execute-api.');
  });
});
