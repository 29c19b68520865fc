/**
 * Resources that a deployment must not replace or move. CloudFormation creates the new resource before it deletes the
 * old one, and two resources cannot have one name or route key. So a function keeps its stack and its logical id, and
 * moves by the two deployments of CONTRIBUTING.md. A resource that holds data would lose it with its id.
 */
import { expect, it } from 'vitest';
import { functions } from '../../lib/service/functions.ts';
import { dev, everything, prod, type Resource, resources, synthesize } from './synthesized.ts';

/** Types that hold data, or that others know by AWS's name for them; resources with a name of ours are found by it. */
const HOLDS =
  /^AWS::(RDS|EC2|SecretsManager|CloudFront|CloudFormation)::|^AWS::(SQS::Queue|S3::Bucket)$|^Custom::retire-signing-keys$/;

/** A line for each: stack, logical id, type, name. `npx vitest run test/stack/pinned.test.ts -u` adds new ones. */
it('is as in pinned.txt: a line may be added, but not changed, and removed only with its resource', async () => {
  const lines = [dev, prod, everything].flatMap((settings) => {
    const { outer, root, nested, backups } = synthesize(settings);
    const stacks = [['outer', outer] as const, ['root', root] as const, ...nested];
    if (backups) stacks.push(['backups', backups]);
    return stacks.flatMap(([stack, template]) =>
      resources(template)
        .map((resource) => ({ ...resource, name: nameOf(resource, settings.stage) }))
        .filter(({ Type, name }) => name !== '' || HOLDS.test(Type))
        .map(({ id, Type, name }) => `${stack} ${id} ${Type} ${name}`.trimEnd()),
    );
  });
  await expect(`${[...new Set(lines)].sort().join('\n')}\n`).toMatchFileSnapshot('pinned.txt');
});

it('has each function in the stack that its row names', () => {
  const { root, nested } = synthesize(everything);
  const standing = [['root', root] as const, ...nested].flatMap(([stack, template]) =>
    resources(template, 'AWS::Lambda::Function').flatMap(({ Properties: { FunctionName } }) =>
      FunctionName ? [`${stack.toLowerCase()} ${FunctionName.replace('identity-prod-', '')}`] : [],
    ),
  );
  // The signing keys of production outlive the stack.
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
