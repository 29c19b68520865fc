/** A first deployment that fails is taken back whole, so that the next try finds no name taken. */
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { dev, prod, type Resource, resources, synthesize } from './synthesized.ts';

/** By which CloudFormation refuses a second resource of the same name; others it names itself. */
const NAMES = /^(\w*Name|DBClusterIdentifier)$/;
/** Names within another resource, or of another resource. */
const NOT_OWN = ['DatabaseName', 'DBSubnetGroupName', 'DBClusterParameterGroupName', 'EventBusName', 'FunctionName'];

describe('the first deployment of a stage that retains its data', () => {
  const { service, template } = synthesize(prod, undefined, '', { isFirst: true });

  it('protects nothing yet: a protected cluster could not be taken back, nor a protected stack be deleted', () => {
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtection: false } });
    expect(service.terminationProtection).toBe(false);
  });

  it('keeps nothing when it is taken back, of whatever has a name of its own', () => {
    const named = resources(template).filter(({ Properties }) =>
      Object.entries(Properties).some(
        ([key, value]) =>
          NAMES.test(key) && !NOT_OWN.includes(key) && typeof value === 'string' && value !== '$default',
      ),
    );
    // Buses, queues, alarms, log groups, the edge's policies, the cluster …
    expect(new Set(named.map(({ Type }) => Type)).size).toBeGreaterThan(8);
    for (const { id, DeletionPolicy = 'Delete' } of resources(template)) {
      expect([id, DeletionPolicy]).toEqual([id, 'Delete']);
    }
  });

  it('has no alarm yet on what does not run: nothing has run', () => {
    const names = resources(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(names).toContain('identity-prod-relay-lag');
    expect(names).not.toContain('identity-prod-relay-silent');
  });
});

describe('the second', () => {
  const { service, template } = synthesize(prod);
  const first = synthesize(prod, undefined, '', { isFirst: true }).template;

  it('protects cluster and stack', () => {
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster).toMatchObject({ DeletionPolicy: 'Snapshot', Properties: { DeletionProtection: true } });
    expect(service.terminationProtection).toBe(true);
  });

  it('changes nothing else', () => {
    const shown = (resource: Resource) => JSON.stringify([resource.Type, resource.Properties, resource.DependsOn]);
    // The stacks' templates change with what is in them.
    const own = (of: Template) => resources(of).filter(({ Type }) => Type !== 'AWS::CloudFormation::Stack');
    const before = new Map(own(first).map((resource) => [resource.id, shown(resource)]));
    const changed = own(template).filter((resource) => before.get(resource.id) !== shown(resource));
    expect(changed.map(({ Type }) => Type).sort()).toEqual(['AWS::CloudWatch::Alarm', 'AWS::RDS::DBCluster']);
  });

  it('retains the data, the secrets and the logs', () => {
    const kept = resources(template).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
    expect([...new Set(kept.map(({ Type }) => Type))].sort()).toEqual([
      'AWS::Logs::LogGroup',
      'AWS::RDS::DBCluster',
      'AWS::SecretsManager::Secret',
    ]);
  });

  it('is of no use to a stage that retains nothing', () => {
    expect(synthesize(dev).service.terminationProtection).toBe(false);
    expect(synthesize(dev, undefined, '', { isFirst: true }).template.toJSON()).toEqual(
      synthesize(dev).template.toJSON(),
    );
  });
});
