/** CDK's own functions behind custom resources, held to the rules of ours. */
import { type CfnResource, type CustomResourceProviderBase, Stack } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { logActions, logStreams } from './logs.ts';

/**
 * Each would log to a group that is kept for ever, with a managed policy that lets it write to any.
 * @param id by which CDK keeps one in each stack
 * @param log the name of a log group, which `made` makes
 */
export function restrictProvider(scope: Construct, id: string, log: string, ...made: IDependable[]): void {
  const provider = Stack.of(scope).node.findChild(id) as CustomResourceProviderBase;
  provider.addToRolePolicy({ Effect: 'Allow', Action: logActions, Resource: logStreams(log) });
  (provider.node.findChild('Role') as CfnResource).addPropertyDeletionOverride('ManagedPolicyArns');
  const handler = provider.node.findChild('Handler') as CfnResource;
  handler.addPropertyOverride('LoggingConfig.LogGroup', log);
  handler.node.addDependency(...made);
}
