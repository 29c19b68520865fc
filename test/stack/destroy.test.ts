import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dev, functionOf, functionsIn, prerequisites, prod, resources, synthesize } from './synthesized.ts';

describe('cdk destroy', () => {
  it('of dev deletes everything', () => {
    const { template } = synthesize(dev);
    const kept = resources(template).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
    expect(kept.map(({ id }) => id)).toEqual([]);
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster?.Properties.DeletionProtection).toBe(false);
  });

  it('of dev ends the signing keys, which CloudFormation does not own, when no schedule makes another', () => {
    const { template } = synthesize(dev);
    const retire = functionOf(template, 'dev', 'retire-signing-keys');
    const [ending] = resources(template, 'Custom::retire-signing-keys');
    expect(ending?.Properties.ServiceToken).toBe(`<${retire.id}.Arn>`);
    const rotate = functionOf(template, 'dev', 'rotate-signing-key');
    const schedule = resources(template, 'AWS::Scheduler::Schedule').find(
      ({ Properties }) => Properties.Target.Arn === `<${rotate.id}.Arn>`,
    );
    // A resource is deleted after everything that needs it.
    expect(prerequisites(template, schedule?.id ?? '')).toContain(ending?.id);
  });

  it('S51: of production keeps data, keys and logs', () => {
    const { template } = synthesize(prod);
    expect(resources(template, 'Custom::retire-signing-keys')).toEqual([]);
    const policies = (type: string) => resources(template, type).map(({ DeletionPolicy }) => DeletionPolicy);
    const secrets = resources(template, 'AWS::SecretsManager::Secret');
    // Those of the edge are worth nothing without it.
    const kept = secrets.filter(({ id }) => !id.startsWith('Edge')).map(({ DeletionPolicy }) => DeletionPolicy);
    expect(new Set(kept)).toEqual(new Set(['RetainExceptOnCreate']));
    expect(new Set(policies('AWS::RDS::DBCluster'))).toEqual(new Set(['Snapshot']));
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster?.Properties).toMatchObject({ DeletionProtection: true, BackupRetentionPeriod: 14 });
  });
});

describe('reserved concurrency', () => {
  it('keeps sign-in, JWKS, the relay and the rotation running in production, whatever the other routes use', () => {
    const { template } = synthesize(prod);
    const reserved = resources(template, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
      Properties.ReservedConcurrentExecutions === undefined
        ? []
        : [[Properties.FunctionName, Properties.ReservedConcurrentExecutions]],
    );
    expect(Object.fromEntries(reserved)).toEqual({
      'identity-prod-auth-login': 400,
      'identity-prod-auth-refresh': 100,
      'identity-prod-client-logo': 10,
      'identity-prod-oauth-token': 150,
      'identity-prod-pages-sign-in': 200,
      'identity-prod-well-known-jwks': 10,
      'identity-prod-relay-outbox': 3,
      'identity-prod-rotate-signing-key': 1,
    });
  });

  it('needs as much of the account’s concurrency as the README says', () => {
    const kept = functionsIn(prod).reduce((sum, { concurrency = 0 }) => sum + concurrency, 0);
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
    // Lambda keeps at least 100 for functions that reserve nothing.
    expect(readme).toContain(`at least ${kept + 100} concurrent executions: ${kept} are reserved`);
  });

  it('is left out in dev, where an account may have only ten in all', () => {
    expect(JSON.stringify(synthesize(dev).template.toJSON())).not.toContain('ReservedConcurrentExecutions');
  });
});
