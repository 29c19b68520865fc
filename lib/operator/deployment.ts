/**
 * A deployment by `npm run deploy`: looks before it makes anything, and protects a new stage last. CloudFormation cannot
 * take back a first deployment that fails when its cluster is protected already; nor can the CDK CLI delete the remains of
 * a stack that is (it would have to, before the next try). So a stage is made without protection, and a second, short
 * deployment adds it when the first has succeeded, with the alarm that would find the new relay silent.
 */
import type { StageSettings } from '../service/config.ts';
import type { Ask } from './aws-request.ts';
import { type Finding, preflight } from './preflight.ts';

export interface Deployment {
  readonly settings: StageSettings;
  readonly ask: Ask;
  /** Runs the CDK CLI; throws when it fails. */
  readonly cdk: (args: readonly string[]) => Promise<void>;
  readonly say: (line: string) => void;
  /** Deploys whatever the checks find. */
  readonly anyway?: boolean;
  /** Ends after the checks. */
  readonly checkOnly?: boolean;
}

/** @throws Error when something is wrong, and then nothing was made; or when a deployment fails */
export async function deployStage({ settings, ask, cdk, say, anyway, checkOnly }: Deployment): Promise<void> {
  const { stage, deployment } = settings;
  const stands = await stackStands(`identity-${stage}`, ask);
  const findings = await preflight({ settings, ask, stands });
  for (const finding of findings) say(lineOf(finding, deployment.retainData));
  const wrong = deployment.retainData && findings.some(({ state }) => state === 'wrong');
  if (wrong && !anyway) throw new Error('Nothing was made. Mend what is wrong, or repeat with --anyway');
  if (checkOnly) return;
  const args = ['deploy', '--all', '-c', `stage=${stage}`];
  if (!stands && isProtectedLater(deployment)) await cdk([...args, '-c', 'first=true']);
  await cdk(args);
}

const isProtectedLater = ({ retainData, alarms }: StageSettings['deployment']) => retainData || alarms.on;

/** A stage that holds nothing dear may be deployed in the sandbox: there it is only a warning. */
function lineOf({ state, says }: Finding, isDear: boolean): string {
  if (state === 'fine') return `ok       ${says}`;
  if (state === 'unknown') return `warning  could not find out ${says}`;
  return `${isDear ? 'wrong  ' : 'warning'}  ${says}`;
}

/** After a first deployment that failed, and before it has begun, there is a stack in name only. */
const IN_NAME_ONLY: readonly string[] = [
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
  'DELETE_COMPLETE',
];

/** Whether it will stand when this has ended nobody knows yet; the CDK CLI would wait, and then go on with either. */
const UNDECIDED: readonly string[] = ['CREATE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'DELETE_IN_PROGRESS'];

/**
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 * @throws Error while the stack is being made or taken away
 */
async function stackStands(name: string, ask: Ask): Promise<boolean> {
  try {
    const answer = await ask({
      service: 'cloudformation',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: name }).toString(),
    });
    const status = /<StackStatus>(\w+)</.exec(answer)?.[1] ?? '';
    if (UNDECIDED.includes(status)) throw new Error(`${name} is ${status}: wait until that has ended, and try again`);
    return !IN_NAME_ONLY.includes(status);
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message))
      return false;
    throw error;
  }
}
