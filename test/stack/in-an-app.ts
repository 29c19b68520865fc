/** The construct in an app of somebody else's, as the templates of its stacks. */
import { NestedStack, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { IdentityService, type IdentityServiceProps } from '../../lib/aws/identity-service.ts';

/** With functions that need no bundling. */
export const makeIdentity = (stack: Stack, id: string, props: IdentityServiceProps): IdentityService =>
  new IdentityService(stack, id, {
    code: ({ name }) => Code.fromInline(`exports.handler = async () => '${name}'`),
    ...props,
  });

// biome-ignore lint/suspicious/noExplicitAny: each type of resource has properties of its own.
export type AnyResource = { readonly Type: string; readonly Properties?: any };

/** Of each stack in the construct, by its path in it: `Service`, `Service/Sessions`. */
export function templatesIn(identity: IdentityService): Map<string, Record<string, AnyResource>> {
  const stacks = identity.node.findAll().filter((one) => one instanceof NestedStack);
  return new Map(
    stacks.map((one) => [
      one.node.path.slice(identity.node.path.length + 1),
      Template.fromStack(one).toJSON().Resources,
    ]),
  );
}

export const resourcesIn = (identity: IdentityService): AnyResource[] =>
  [...templatesIn(identity).values()].flatMap((one) => Object.values(one));

/** By which CloudFormation or AWS refuses a second one. */
export const namesIn = (identity: IdentityService): string[] =>
  resourcesIn(identity).flatMap(({ Type, Properties = {} }) =>
    Object.entries(Properties).flatMap(([key, value]) =>
      /Name$|Identifier$/.test(key) && typeof value === 'string' && value.includes('identity-')
        ? [`${Type} ${value}`]
        : [],
    ),
  );
