/**
 * CDK's own functions behind custom resources, held to the rules of ours. CDK keeps one of each in a stack, for all that need
 * it: these are in stacks of the service's own, so nobody else's custom resources meet what is changed here.
 */
import { type CfnResource, type CustomResourceProviderBase, Lazy, Stack, TagManager } from 'aws-cdk-lib';
import type { Construct, IConstruct, IDependable } from 'constructs';
import { logActions, logStreams } from './logs.ts';

/**
 * Each would log to a group that is kept for ever, with a managed policy that lets it write to any, and have no tags.
 * @param id by which CDK keeps one in each stack
 * @param log the name of a log group, which `made` makes
 * @param tagged what has the tags that it is to have
 */
export function restrictProvider(
  scope: Construct,
  id: string,
  log: string,
  tagged: IConstruct,
  ...made: IDependable[]
): void {
  const provider = Stack.of(scope).node.findChild(id) as CustomResourceProviderBase;
  provider.addToRolePolicy({ Effect: 'Allow', Action: logActions, Resource: logStreams(log) });
  const role = provider.node.findChild('Role') as CfnResource;
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  const handler = provider.node.findChild('Handler') as CfnResource;
  handler.addPropertyOverride('LoggingConfig.LogGroup', log);
  handler.node.addDependency(...made);
  for (const resource of [role, handler]) resource.addPropertyOverride('Tags', tagsOf(tagged));
}

/** Known when aspects have run. What CDK makes of these providers takes none by itself. */
const tagsOf = ({ node }: IConstruct) =>
  Lazy.any(
    {
      produce: () =>
        Object.entries((node.defaultChild && TagManager.of(node.defaultChild))?.tagValues() ?? {}).map(
          ([Key, Value]) => ({ Key, Value }),
        ),
    },
    { omitEmptyArray: true },
  );
