/** Whether an alarm rings now, whether alarms can ring, and whether anybody hears them. */
import { alarmName } from '../../aws/names.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { count, DAY, listed, minute } from './words.ts';

export interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly StateValue: string;
  readonly StateUpdatedTimestamp?: string;
  readonly ActionsEnabled?: string;
  readonly AlarmActions?: readonly string[] | '';
}

/** Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
async function readAlarms({ pages, settings: { stage } }: Look): Promise<Alarm[]> {
  const found = await pages<Alarm>(
    'cloudwatch:DescribeAlarms',
    { AlarmNamePrefix: alarmName(stage, ''), MaxRecords: 100 },
    { list: 'MetricAlarms', token: ['NextToken', 'NextToken'] },
  );
  return found.filter((alarm) => isOfStage(alarm, stage));
}

/** The prefix of `prod` is also that of `prod-eu`: an alarm's description names its row, which says where the stage's name ends. */
export function isOfStage({ AlarmName, AlarmDescription = '' }: Alarm, stage: string): boolean {
  const [, row] = /Runbook: README, "Operating", ([\w-]+)\./.exec(AlarmDescription) ?? [];
  return row === undefined || AlarmName === alarmName(stage, row);
}

/** For stages that are to have some. */
const whereOn =
  <T>(judge: (found: T, judged: Judged) => Verdict | undefined) =>
  (found: T, judged: Judged) =>
    judged.settings.deployment.alarms.on ? judge(found, judged) : undefined;

const shortName = (name: string, { settings }: Judged) => name.slice(alarmName(settings.stage, '').length);

export function judgeRinging(alarms: readonly Alarm[], judged: Judged): Verdict {
  if (alarms.length === 0)
    return fault(
      'The stage has no alarm, and alarms are on',
      'Nobody is woken, whatever happens.',
      judged.command('deploy'),
    );
  const ringing = alarms.filter(({ StateValue }) => StateValue === 'ALARM');
  const [first] = ringing;
  if (!first) return ok(`None of ${count(alarms.length, 'alarm')} rings`);
  const names = ringing.map(
    ({ AlarmName, StateUpdatedTimestamp: at }) =>
      `${shortName(AlarmName, judged)}${at ? ` since ${minute(new Date(at))}` : ''}`,
  );
  return fault(
    `In ALARM: ${listed(names, 5)}`,
    first.AlarmDescription?.replace(/ Runbook: .*/, '') ?? 'What it watches is beyond its limit.',
    `${readme('Alarms')}, ${listed(
      ringing.map(({ AlarmName }) => shortName(AlarmName, judged)),
      5,
    )}`,
  );
}

export function judgeBlind(alarms: readonly Alarm[], judged: Judged): Verdict | undefined {
  const blind = alarms.filter(({ StateValue }) => StateValue === 'INSUFFICIENT_DATA');
  const long = blind.filter(
    ({ StateUpdatedTimestamp: at }) => at !== undefined && judged.now.getTime() - Date.parse(at) > DAY,
  );
  if (long.length === 0)
    return ok(`No alarm is without data for a day${blind.length > 0 ? ` (${blind.length} for less)` : ''}`);
  return warning(
    `Without data for a day: ${listed(long.map(({ AlarmName }) => shortName(AlarmName, judged)))}`,
    'These watch a metric that does not arrive.',
    judged.command('deploy'),
  );
}

export function judgeActions(alarms: readonly Alarm[], judged: Judged): Verdict | undefined {
  if (alarms.length === 0) return undefined;
  const mute = alarms.filter(
    ({ ActionsEnabled, AlarmActions }) =>
      ActionsEnabled === 'false' || AlarmActions === '' || AlarmActions?.length === 0,
  );
  if (mute.length === 0) return ok('Every alarm sends its message');
  return fault(
    `Alarms that send nothing: ${listed(mute.map(({ AlarmName }) => shortName(AlarmName, judged)))}`,
    'They ring, and nobody hears them.',
    `aws cloudwatch enable-alarm-actions --alarm-names …, or ${judged.command('deploy')}`,
  );
}

interface Subscription {
  readonly SubscriptionArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

/** The topic that the settings name, or the stage's own, in the account that its alarms are in. */
async function readTopic(look: Look): Promise<string> {
  const { stage, deployment } = look.settings;
  if (deployment.alarms.topicArn) return deployment.alarms.topicArn;
  const [alarm] = (await look.once(readAlarms)) as (Alarm & { AlarmArn?: string })[];
  const [, partition, , region, account] = alarm?.AlarmArn?.split(':') ?? [];
  if (!account) throw new Error('no alarm says in which account the topic is');
  return `arn:${partition}:sns:${region}:${account}:identity-${stage}-alarms`;
}

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
const readReceivers = async (look: Look): Promise<Subscription[]> =>
  look.pages(
    'sns:ListSubscriptionsByTopic',
    { TopicArn: await look.once(readTopic) },
    { list: 'Subscriptions', token: ['NextToken', 'NextToken'] },
  );

/** One that waits for its confirmation, or was deleted, has a word for its ARN. */
export function judgeReceivers(receivers: readonly Subscription[], { settings, command }: Judged): Verdict {
  const isConfirmed = ({ SubscriptionArn }: Subscription) => SubscriptionArn.startsWith('arn:');
  const confirmed = receivers.filter(isConfirmed);
  const waiting = receivers.filter((one) => !isConfirmed(one)).map(({ Endpoint }) => Endpoint);
  const wanted = settings.deployment.alarms.topicArn ? [] : settings.deployment.alarms.emails;
  const missing = wanted.filter((address) => !receivers.some(({ Endpoint }) => Endpoint === address));
  const confirm =
    'Open the mail “AWS Notification - Subscription Confirmation” (it is valid for two days), or subscribe again';
  if (confirmed.length === 0)
    return fault(
      waiting.length > 0 ? `No receiver of alarms has confirmed: ${listed(waiting)}` : 'The alarms have no receiver',
      'Alarms ring, and nobody hears them.',
      waiting.length > 0 ? confirm : command('deploy'),
    );
  if (waiting.length > 0)
    return warning(`Receivers of alarms that have not confirmed: ${listed(waiting)}`, 'They hear no alarm.', confirm);
  if (missing.length > 0)
    return warning(
      `No receiver of alarms: ${listed(missing)}`,
      'Somebody unsubscribed, perhaps by the link in a mail.',
      command('deploy'),
    );
  return ok(`Receivers of alarms: ${confirmed.length}, all confirmed`);
}

/** Source: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
async function readPolicy(look: Look): Promise<string | undefined> {
  type Answer = { readonly Attributes?: readonly { readonly key: string; readonly value: string }[] | '' };
  const { Attributes } = await look.aws<Answer>('sns:GetTopicAttributes', { TopicArn: await look.once(readTopic) });
  return (Attributes || []).find(({ key }) => key === 'Policy')?.value;
}

interface Statement {
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

/** SNS's own policy lets the account publish, and CloudWatch with it: https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger */
export function judgePolicy(policy: string | undefined, { command }: Judged): Verdict | undefined {
  if (policy === undefined) return undefined;
  const { Statement: statements = [] }: { Statement?: Statement | Statement[] } = JSON.parse(policy);
  const lets = [statements]
    .flat()
    .some(
      ({ Effect, Principal, Action }) =>
        Effect === 'Allow' &&
        /sns:publish|sns:\*|"\*"/i.test(JSON.stringify(Action)) &&
        /cloudwatch\.amazonaws\.com|"\*"/.test(JSON.stringify(Principal)),
    );
  if (lets) return ok('CloudWatch may publish to the topic of the alarms');
  return fault(
    'The topic’s policy does not let CloudWatch publish',
    'Alarms ring, and no message leaves.',
    `Allow cloudwatch.amazonaws.com to sns:Publish; the stage’s own topic: ${command('deploy')}`,
  );
}

export const alarmChecks: readonly Check[] = [
  check('alarms', 'whether an alarm rings', readAlarms, whereOn(judgeRinging)),
  check('alarm-receivers', 'who receives the alarms', readReceivers, whereOn(judgeReceivers)),
  check('alarm-actions', 'whether alarms send messages', readAlarms, whereOn(judgeActions)),
  check('alarm-policy', 'whether CloudWatch may publish', readPolicy, whereOn(judgePolicy)),
  check('alarm-data', 'whether alarms have data', readAlarms, whereOn(judgeBlind)),
];
