import { describe, expect, it } from 'vitest';
import { dev, functionOf, functionsIn, prerequisites, prod, resources, synthesize } from './synthesized.ts';

const { template, outer } = synthesize(prod);
const functions = functionsIn(prod);
const made = resources(template, 'AWS::Lambda::Function').filter(({ Properties }) => Properties.FunctionName);

it('deploys the functions of the table and no others', () => {
  const names = made.map(({ Properties }) => Properties.FunctionName);
  expect(names.sort()).toEqual(functions.map(({ name }) => `identity-prod-${name}`).sort());
});

describe.each(functions)('$name', ({ name, memory, timeout }) => {
  const { id, Properties } = functionOf(template, 'prod', name);

  it('runs on Node 24 and arm64, traced, with the memory and the time of its row', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: timeout,
      TracingConfig: { Mode: 'Active' },
    });
  });

  it('S49: has a role of its own', () => {
    expect(made.filter((other) => other.Properties.Role === Properties.Role)).toHaveLength(1);
  });

  it('S51: has a log group of its own, which expires', () => {
    const logs = resources(template, 'AWS::Logs::LogGroup').find(
      ({ Properties: { LogGroupName } }) => LogGroupName === Properties.LoggingConfig.LogGroup,
    );
    expect(logs?.Properties).toEqual({ LogGroupName: `/aws/lambda/identity-prod-${name}`, RetentionInDays: 90 });
    expect(prerequisites(template, id)).toContain(logs?.id);
  });
});

it('S78: no function may fetch from anywhere but public addresses', () => {
  expect(made).not.toEqual([]);
  for (const { Properties } of made) expect(Properties.Environment.Variables).not.toHaveProperty('LOCAL_FETCH_ALLOW');
});

it('S51: no log is kept for ever, and no function writes outside of these groups', () => {
  const groups = resources(template, 'AWS::Logs::LogGroup');
  expect(groups.filter(({ Properties }) => Properties.RetentionInDays !== 90)).toEqual([]);
  const all = resources(template, 'AWS::Lambda::Function');
  expect(all.filter(({ Properties }) => !Properties.LoggingConfig?.LogGroup)).toEqual([]);
  // CDK makes this function, in the stack around the service, while it resolves references, when nothing can be changed any
  // more. It runs only at deployments, and reads only the firewall's ARN.
  const elsewhere = resources(outer, 'AWS::Lambda::Function');
  expect(elsewhere.map(({ id }) => id)).toEqual([expect.stringMatching(/^CustomCrossRegionExportReader/)]);
});

describe('secrets', () => {
  it('S23: are made by Secrets Manager, 256 bits each', () => {
    const generated = resources(template, 'AWS::SecretsManager::Secret').map(({ Properties }) => Properties);
    for (const { GenerateSecretString, SecretString } of generated) {
      expect(SecretString).toBeUndefined();
      expect(GenerateSecretString).toMatchObject({ PasswordLength: 43, ExcludePunctuation: true });
      // Upper case, lower case and digits remain.
      expect(GenerateSecretString.PasswordLength * Math.log2(26 + 26 + 10)).toBeGreaterThan(256);
    }
    expect(generated.length).toBeGreaterThan(0);
  });

  it('stand in no template, neither as a value nor as a reference that CloudFormation would resolve', () => {
    const text = JSON.stringify([synthesize(dev).template, template].map((each) => each.toJSON()));
    // Only the ARN of the firewall, which is in another region.
    for (const [reference] of text.matchAll(/\{\{resolve:[^}]*\}\}/g)) {
      expect(reference).toMatch(/^\{\{resolve:ssm:\/cdk\/exports\/identity-prod\/\w*WebAclArn\w*\}\}$/);
    }
    expect(text).not.toContain('"MasterUserPassword"');
  });

  it('are passed to the functions only by name', () => {
    const secretIds = resources(template, 'AWS::SecretsManager::Secret').map(({ id }) => `<${id}>`);
    const given = made.flatMap(({ Properties }) => Object.entries<string>(Properties.Environment.Variables));
    const withSecrets = given.filter(([, value]) => secretIds.some((id) => value.includes(id)));
    expect(withSecrets.length).toBeGreaterThan(0);
    for (const [variable, value] of withSecrets) {
      expect(variable).toMatch(/SECRET_(\w+_)?ARN$/);
      expect(secretIds).toContain(value);
    }
  });
});
