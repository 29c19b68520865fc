import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { dev, everything, prod, synthesize } from './synthesized.ts';

const clusterArn = 'arn:aws:rds:eu-north-1:111122223333:cluster:shared';
const secretArn = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:shared-AbCdEf';

describe.each([
  ['dev', dev],
  ['prod', prod],
  ['prod with everything', everything],
  ['a given cluster', { stage: 'dev', deployment: { database: { clusterArn, secretArn } } }],
])('cdk-nag on %s', (_name, settings) => {
  const { app } = synthesize(settings);

  it('S50: finds nothing but what is acknowledged with a reason beside its code', () => {
    const { violations } = new AwsSolutionsChecks().validateScope(app);
    const findings = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
    expect(findings).toEqual([]);
  });
});

it('S50: an unencrypted cluster would be found', () => {
  const { app } = synthesize(dev);
  const cluster = app.node.findAll().find(({ node }) => node.path.endsWith('Database/Cluster/Resource'));
  Object.assign(cluster ?? {}, { storageEncrypted: false });
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  expect(violations.map(({ ruleName }) => ruleName)).toEqual(['AwsSolutions-RDS2']);
});
