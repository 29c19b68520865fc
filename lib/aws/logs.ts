/**
 * The log groups of a stage. They stand in the root, so that a function's log stays when the function changes its stack, and
 * a log that wakes another function has no stack of its own to refer to.
 */
import { Aws } from 'aws-cdk-lib';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import type { FunctionSpec } from '../service/functions.ts';
import { logGroupName } from './names.ts';
import { logGroup } from './retention.ts';

/** Whose log that of CDK's own function is, which invokes the deploy jobs. */
export const PROVIDER = 'deployment';

/** The name by which a `log` trigger means the API's access log. */
export const ACCESS = 'access';

export type LogOf = (name: string) => LogGroup;

/** By function; the access log and that of CDK's own function for deploy jobs among them. */
export function makeLogs(scope: Construct, specs: readonly FunctionSpec[], settings: StageSettings): LogOf {
  const { stage } = settings;
  const own = new Construct(scope, 'Logs');
  const names = [...specs.map(({ name }) => name), PROVIDER];
  const groups = new Map([
    // Under /aws/vendedlogs/ the group needs no entry in the account's log resource policy, which has an end.
    [ACCESS, logGroup(own, ACCESS, `/aws/vendedlogs/identity-${stage}/access`, settings)],
    ...names.map((name) => [name, logGroup(own, name, logGroupName(stage, name), settings)] as const),
  ]);
  return (name) => {
    const group = groups.get(name);
    if (!group) throw new Error(`lib/service/functions.ts has no ${name}, whose log is asked for`);
    return group;
  };
}

export const logActions: readonly string[] = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** The streams of a log group, which is named and not referred to: of references a stack takes 200. */
export const logStreams = (name: string) =>
  `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${name}:*`;

/** For cdk-nag, on the role that may write them. */
export const logStreamsAcknowledged = (name: string) => ({
  id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:${name}:*]`,
  reason: 'The streams of one log group: Lambda makes one for each instance of the function.',
});
