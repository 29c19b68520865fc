import { describe, expect, it } from 'vitest';
import { dev, prod, resources, synthesize } from './synthesized.ts';

describe.each([
  ['dev', dev],
  ['prod', prod],
])('no secret of %s', (_name, settings) => {
  const { template } = synthesize(settings);
  const secretIds = resources(template, 'AWS::SecretsManager::Secret').map(({ id }) => id);

  it('is in the template: Secrets Manager makes each, RDS the owner’s password', () => {
    for (const { Properties } of resources(template, 'AWS::SecretsManager::Secret')) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties).toHaveProperty('GenerateSecretString');
    }
    for (const { Properties } of resources(template, 'AWS::RDS::DBCluster')) {
      expect(Properties).not.toHaveProperty('MasterUserPassword');
      expect(Properties.ManageMasterUserPassword).toBe(true);
    }
  });

  it('is resolved into anything but the header that CloudFront sends', () => {
    const lookups = resources(template).filter(({ Properties }) =>
      /\{\{resolve:(secretsmanager|ssm-secure)/.test(JSON.stringify(Properties)),
    );
    const expected = settings.deployment?.edge ? ['AWS::CloudFront::Distribution'] : [];
    expect(lookups.map(({ Type }) => Type)).toEqual(expected);
  });

  it('is in an environment variable: these hold only ARNs', () => {
    for (const { Properties } of resources(template, 'AWS::Lambda::Function')) {
      const variables: Record<string, unknown> = Properties.Environment?.Variables ?? {};
      for (const [name, value] of Object.entries(variables)) {
        const mentions = secretIds.filter((id) => JSON.stringify(value).includes(id));
        if (mentions.length > 0) expect(name).toMatch(/^(SECRET_\w+|DATABASE_SECRET|APPLICATION_SECRET)_ARN$/);
        expect(name).not.toMatch(/PASSWORD$|_KEY$|TOKEN$/);
      }
    }
  });

  it('is in an output', () => {
    const outputs: Record<string, object> = template.toJSON().Outputs;
    for (const output of Object.values(outputs)) {
      for (const id of secretIds) expect(JSON.stringify(output)).not.toContain(id);
    }
  });
});
