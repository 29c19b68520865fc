import { App, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { EventRules, TokenAuthorizer } from '../../lib/aws/cdk.ts';
import { dev, everything, prod, synthesize } from './synthesized.ts';

const clusterArn = 'arn:aws:rds:eu-north-1:111122223333:cluster:shared';
const secretArn = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:shared-AbCdEf';

const findingsIn = (app: IConstruct) =>
  new AwsSolutionsChecks()
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );

describe.each([
  ['dev', dev],
  ['prod', prod],
  ['prod with everything', everything],
  ['a given cluster', { stage: 'dev', deployment: { database: { clusterArn, secretArn } } }],
])('cdk-nag on %s', (_name, settings) => {
  const { app } = synthesize(settings);

  it('S50: finds nothing but what is acknowledged with a reason beside its code', () => {
    expect(findingsIn(app)).toEqual([]);
  });
});

it('S50: finds nothing in the constructs that other teams put into their own stacks', () => {
  const app = new App();
  const stack = new Stack(app, 'Essays');
  new TokenAuthorizer(stack, 'Tokens', { issuer: 'https://id.example.com', audience: 'huleedu-platform' });
  new EventRules(stack, 'Leavers', {
    bus: EventBus.fromEventBusName(stack, 'Bus', 'identity-prod'),
    topics: ['huleedu.identity.account.deleted.v1'],
    target: LambdaFunction.fromFunctionAttributes(stack, 'Essays', {
      functionArn: 'arn:aws:lambda:eu-north-1:111122223333:function:essays',
      role: Role.fromRoleName(stack, 'Role', 'essays'),
    }),
  });
  expect(findingsIn(app)).toEqual([]);
});

it('S50: an unencrypted cluster would be found', () => {
  const { app } = synthesize(dev);
  const cluster = app.node.findAll().find(({ node }) => node.path.endsWith('Database/Cluster/Resource'));
  Object.assign(cluster ?? {}, { storageEncrypted: false });
  expect(findingsIn(app)).toEqual([expect.stringContaining('AwsSolutions-RDS2 at ')]);
});
