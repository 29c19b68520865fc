import { describe, expect, it } from 'vitest';
import { EDGE_SECRET_HEADER, VIEWER_HEADER } from '../../functions/http/client-address.ts';
import { dev, functionOf, functionsIn, prod, resources, synthesize, undecided } from './synthesized.ts';

const { template } = synthesize(prod);
const only = (type: string, of = template) => {
  const found = resources(of, type);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
};
const distribution = only('AWS::CloudFront::Distribution').DistributionConfig;
const domain = { name: 'identity.example.com', certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a' };
const outputs = Object.entries(template.toJSON().Outputs);
const outputOf = (name: string) => JSON.stringify(outputs.find(([key]) => key === name)?.[1]);

it('stands before production only', () => {
  expect(resources(synthesize(dev).template, 'AWS::CloudFront::Distribution')).toEqual([]);
});

describe('the edge', () => {
  it('forwards every request over https, with its own Host, and with a proof that no template holds', () => {
    const [origin] = distribution.Origins;
    expect(JSON.stringify(origin.DomainName)).toMatch(/execute-api\.eu-north-1/);
    expect(origin.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
    expect(origin.OriginCustomHeaders).toEqual([
      {
        HeaderName: EDGE_SECRET_HEADER,
        HeaderValue: expect.stringMatching(/^\{\{resolve:secretsmanager:<Edge\w+>:SecretString/),
      },
    ]);
  });

  it('S11: passes the caller’s address to the functions, and overwrites what the caller sends', async () => {
    const { FunctionCode } = only('AWS::CloudFront::Function');
    const tell = new Function(`${FunctionCode}; return handler;`)();
    const request = { headers: { [VIEWER_HEADER]: { value: '10.0.0.1' }, accept: { value: '*/*' } } };
    expect(tell({ viewer: { ip: '203.0.113.9' }, request }).headers).toEqual({
      [VIEWER_HEADER]: { value: '203.0.113.9' },
      accept: { value: '*/*' },
    });
    for (const behavior of [distribution.DefaultCacheBehavior, ...distribution.CacheBehaviors]) {
      expect(behavior.FunctionAssociations).toEqual([expect.objectContaining({ EventType: 'viewer-request' })]);
    }
  });

  it('caches published keys and what pages load as long as their headers allow, and nothing else', () => {
    expect(distribution.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
      '/.well-known/*',
      '/assets/*',
    ]);
    // AWS's managed policies CachingDisabled and AllViewerExceptHostHeader.
    expect(distribution.DefaultCacheBehavior).toMatchObject({
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
    });
    const caches = resources(template, 'AWS::CloudFront::CachePolicy').map(
      ({ Properties }) => Properties.CachePolicyConfig,
    );
    expect(caches).toHaveLength(2);
    for (const cache of caches) expect(cache).toMatchObject({ MinTTL: 0, DefaultTTL: 0 });
  });

  it('keeps no error, of any status that it would keep: it would answer one person with what another got', () => {
    // CloudFront's list; those of 400 to 415 only with a max-age, which no error has (test/support/openapi-check.ts).
    const kept = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
    expect(distribution.CustomErrorResponses).toEqual(kept.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })));
  });

  it('gives the functions the digest of its secret, and the secret to no function', () => {
    const secretIds = resources(template, 'AWS::SecretsManager::Secret')
      .map(({ id }) => id)
      .filter((id) => id.startsWith('Edge'));
    expect(secretIds).toHaveLength(2);
    for (const { name } of functionsIn(prod).filter((spec) => spec.name !== 'digest-edge-secret')) {
      const { Environment } = functionOf(template, 'prod', name).Properties;
      expect(Environment.Variables.EDGE_SECRET_SHA256).toMatch(/^<\w+\.Sha256>$/);
      for (const id of secretIds) expect(JSON.stringify(Environment)).not.toContain(id);
    }
  });
});

describe('the issuer', () => {
  it('is CloudFront’s name, or the service’s own when it has one', () => {
    expect(outputOf('Issuer')).toMatch(/https:\/\/.*DomainName/);
    const named = synthesize({ ...prod, deployment: { ...prod.deployment, edge: { domain } } }).template;
    expect(named.toJSON().Outputs.Issuer.Value).toBe('https://identity.example.com');
    expect(functionOf(named, 'prod', 'auth-login').Properties.Environment.Variables.ISSUER).toBe(
      'https://identity.example.com',
    );
    expect(only('AWS::CloudFront::Distribution', named).DistributionConfig).toMatchObject({
      Aliases: ['identity.example.com'],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
  });
});

it('is refused until the issuer is chosen: it is in every token', () => {
  expect(() => synthesize(undecided)).toThrow(/deployment\.edge\.domain: .*every token.*name a domain.*withoutDomain/);
});

it('is refused without an account, which the firewall’s region needs', async () => {
  const { App } = await import('aws-cdk-lib');
  const { makeStage } = await import('../../lib/aws/stage.ts');
  const { parseSettings } = await import('../../lib/service/config.ts');
  const code = () => {
    throw new Error('not reached');
  };
  expect(() => makeStage(new App(), { settings: parseSettings(prod), code })).toThrow(/prod has an edge.*credentials/);
});
