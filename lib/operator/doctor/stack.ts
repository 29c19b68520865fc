/** The stack of a stage, and its address. */
import { type Check, check, fault, type Judged, ok, type Verdict, warning } from './check.ts';
import { type Look, Refused } from './look.ts';
import { minute } from './words.ts';

export interface Stack {
  readonly StackStatus: string;
  readonly CreationTime: string;
  readonly LastUpdatedTime?: string;
  readonly EnableTerminationProtection?: string;
  readonly Outputs?: readonly { readonly OutputKey: string; readonly OutputValue: string }[] | '';
}

/** There is nothing to look at. */
export class NoStage extends Error {}

/** @throws NoStage */
export const readStack = (look: Look): Promise<Stack> => readStackNamed(look, `identity-${look.settings.stage}`);

/** Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export async function readStackNamed({ aws }: Look, StackName: string, region?: string): Promise<Stack> {
  try {
    const { Stacks = [] } = await aws<{ Stacks?: Stack[] }>('cloudformation:DescribeStacks', { StackName }, region);
    if (Stacks[0]) return Stacks[0];
  } catch (error) {
    const isMissing = error instanceof Refused && error.reason === 'ValidationError' && /not exist/.test(error.message);
    if (!isMissing) throw error;
  }
  throw new NoStage(`There is no stack ${StackName} in this account and region`);
}

export const outputOf = ({ Outputs }: Stack, name: string): string | undefined =>
  (Outputs || []).find(({ OutputKey }) => OutputKey === name)?.OutputValue;

/** The service's address: from its settings, which need no permission, or else from its stack. */
export async function readIssuer(look: Look): Promise<string> {
  if (look.local) return look.local.issuer;
  const domain = look.settings.deployment.edge?.domain?.name;
  if (domain) return `https://${domain}`;
  const issuer = outputOf(await look.once(readStack), 'Issuer');
  if (!issuer) throw new Error('the stack has no output Issuer');
  return issuer;
}

export function judgeStatus(name: string, stack: Stack, { command }: Judged): Verdict {
  const { StackStatus: status, CreationTime, LastUpdatedTime = CreationTime } = stack;
  const seen = `${name} is ${status}, since ${minute(new Date(LastUpdatedTime))}`;
  const mend = `aws cloudformation describe-stack-events --stack-name ${name}, then ${command('deploy')}`;
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return ok(seen);
  if (status === 'REVIEW_IN_PROGRESS')
    return fault(seen, 'A change set was made for it, and nothing is deployed yet.', command('deploy'));
  if (status === 'DELETE_IN_PROGRESS')
    return fault(seen, 'The stage is being deleted, and all that it does not retain.', mend);
  if (status.endsWith('_IN_PROGRESS'))
    return warning(seen, 'A deployment is under way: what follows may change.', 'Wait for it, and look again');
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return warning(seen, 'The last deployment failed and was taken back: the version before it serves.', mend);
  return fault(seen, 'A deployment failed midway; the next one may be refused.', mend);
}

export function judgeProtection(stack: Stack, { settings, command }: Judged): Verdict | undefined {
  if (!settings.deployment.retainData) return undefined;
  if (stack.EnableTerminationProtection === 'true') return ok('The stack is protected against deletion');
  return warning(
    'The stack is not protected against deletion',
    'The first deployment did not come to its second step, or somebody took the protection away.',
    command('deploy'),
  );
}

export const stackChecks: readonly Check[] = [
  check('stack', 'the state of the stack', readStack, (stack, judged) =>
    judgeStatus(`identity-${judged.settings.stage}`, stack, judged),
  ),
  check('stack-protection', 'whether the stack is protected against deletion', readStack, judgeProtection),
];
