/** A stage with a logo: the one function that serves it has it, and no setting says where it came from. */
import { expect, it } from 'vitest';
import { dev, functionOf, resources, synthesize } from './synthesized.ts';

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>';
const logo = `data:image/svg+xml,${encodeURIComponent(LOGO)}`;
const { template } = synthesize({ ...dev, service: { ...dev.service, brand: { logo } } });

const layers = () => resources(template, 'AWS::Lambda::LayerVersion');

it('the function of what pages load has the logo as a layer', () => {
  expect(layers()).toHaveLength(1);
  const { Properties } = functionOf(template, 'dev', 'assets');
  expect(Properties.Layers).toHaveLength(1);
  expect(Properties.Environment.Variables.PICTURES).toBe('/opt/pictures');
  const others = resources(template, 'AWS::Lambda::Function').filter((one) => one.Properties.Layers);
  expect(others).toHaveLength(1);
});

it('functions know the logo by its name alone', () => {
  const settings = JSON.parse(functionOf(template, 'dev', 'auth-login').Properties.Environment.Variables.SETTINGS);
  expect(settings.brand.logo).toEqual({ type: 'svg', hash: expect.stringMatching(/^[0-9a-f]{20}$/), ratio: 2 });
});

it('a stage without pictures has no layer', () => {
  expect(resources(synthesize(dev).template, 'AWS::Lambda::LayerVersion')).toEqual([]);
});

it('what is too long for an environment is a layer of the functions that read it: the issuers that a stage trusts', () => {
  const claims = { 'https://sts.amazonaws.com/': { principal_id: 'arn:aws:iam::111122223333:role/grader' } };
  const issuer = { issuer: 'https://a1.tokens.sts.global.api.aws', workloads: [{ client: 'grader', claims }] };
  const grader = { kind: 'machine', name: 'Grader', authentication: 'workload' } as const;
  const deployment = { ...dev.deployment, clients: { grader }, trustedIssuers: [issuer] };
  const { template: trusting } = synthesize({ ...dev, deployment });
  const having = resources(trusting, 'AWS::Lambda::Function').filter((one) => one.Properties.Layers);
  const folders = having.map(({ Properties }) => Properties.Environment.Variables.TRUSTED_ISSUERS);
  expect(folders).toEqual(Array(3).fill('/opt/trusted-issuers'));
  expect(functionOf(trusting, 'dev', 'oauth-token').Properties.Layers).toHaveLength(1);
});
