/**
 * What a deployment must not replace or move. A resource with a name, a route key among them, cannot be made while the one
 * of that name stands elsewhere, and CloudFormation makes the new before it deletes the old: so a function keeps its stack
 * and its logical id, and moves by the two deployments of CONTRIBUTING.md. What holds data would be lost with its id.
 */
import { expect, it } from 'vitest';
import { functions } from '../../lib/service/functions.ts';
import { dev, prod, type Resource, resources, synthesize } from './synthesized.ts';

/** Types that hold data, or that others know by what AWS names them; whatever bears a name of ours is found by that. */
const HOLDS =
  /^AWS::(RDS|EC2|SecretsManager|CloudFront|CloudFormation)::|^AWS::SQS::Queue$|^Custom::retire-signing-keys$/;

/** A line for each: stack, logical id, type, name. New ones are added by `npx vitest run test/stack/pinned.test.ts -u`. */
it('is as in pinned.txt, where a line may come, but neither change nor go unless the resource is meant to go', async () => {
  const lines = [dev, prod].flatMap((settings) => {
    const { root, nested } = synthesize(settings);
    return [['root', root] as const, ...nested].flatMap(([stack, template]) =>
      resources(template)
        .map((resource) => ({ ...resource, name: nameOf(resource, settings.stage) }))
        .filter(({ Type, name }) => name !== '' || HOLDS.test(Type))
        .map(({ id, Type, name }) => `${stack} ${id} ${Type} ${name}`.trimEnd()),
    );
  });
  await expect(`${[...new Set(lines)].sort().join('\n')}\n`).toMatchFileSnapshot('pinned.txt');
});

it('has each function in the stack that its row names', () => {
  const { root, nested } = synthesize(prod);
  const standing = [['root', root] as const, ...nested].flatMap(([stack, template]) =>
    resources(template, 'AWS::Lambda::Function').flatMap(({ Properties: { FunctionName } }) =>
      FunctionName ? [`${stack.toLowerCase()} ${FunctionName.replace('identity-prod-', '')}`] : [],
    ),
  );
  // The signing keys of production do not end with the stack.
  const rows = functions.filter(({ name }) => name !== 'retire-signing-keys');
  expect(standing.sort()).toEqual(rows.map(({ stack, name }) => `${stack} ${name}`).sort());
});

function nameOf({ Properties }: Resource, stage: string): string {
  const { CachePolicyConfig, RouteKey, ...own } = Properties;
  if (RouteKey) return RouteKey;
  const names = Object.entries({ ...own, ...CachePolicyConfig }).filter(([key]) => /(Name|Identifier)$/.test(key));
  const [name] = names.flatMap(([, value]) => (`${value}`.includes(`identity-${stage}`) ? [`${value}`] : []));
  return name?.startsWith('<') ? '' : (name?.replace(`identity-${stage}`, 'identity-STAGE') ?? '');
}
