/** When the jobs run: at each deployment, before anything serves, and then by the clock, or by what is logged. */
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, type ILogGroup, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { CfnSchedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Trigger } from 'aws-cdk-lib/triggers';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { restrictProvider } from './cdk-provider.ts';
import type { ServiceFunction } from './functions.ts';
import { InlineRole } from './inline-role.ts';
import { intervalsOf, letsDatabasePause } from './intervals.ts';
import { PROVIDER } from './logs.ts';
import { logGroupName, nameOnAws } from './names.ts';

/** CDK's id of the function by which it invokes the jobs. */
const TRIGGERS = 'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider';

/**
 * Runs the jobs one after the other, each a custom resource of the deployment: one that throws fails it, and what
 * depends on it keeps its old version. Each holds the ARN of its function's version, which changes with its code, its
 * migrations and its settings, so it runs again exactly when one of these changes.
 *
 * @returns what everything that serves is to depend on
 */
export function runAtDeployment(
  scope: Construct,
  jobs: readonly ServiceFunction[],
  { stage }: StageSettings,
): Trigger[] {
  const triggers: Trigger[] = [];
  for (const { spec, handler } of jobs) {
    const trigger = new Trigger(scope, `${spec.name}-at-deployment`, {
      handler,
      // Longer than the function's own, so that it is the function that says what went wrong.
      timeout: Duration.seconds(spec.timeout + 30),
      executeAfter: triggers.slice(-1),
    });
    triggers.push(trigger);
  }
  const [first] = jobs;
  if (first) restrictProvider(scope, TRIGGERS, logGroupName(stage, PROVIDER), first.handler);
  return triggers;
}

/**
 * Seconds; for so long, and 185 times, does EventBridge Scheduler try to begin a run otherwise.
 * Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 */
const MOST_AGE = 24 * 60 * 60;

/**
 * One schedule for each `schedule` trigger; its role may invoke that function and nothing else. A schedule by a rate without
 * a start runs at once for the first time.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 */
export function runBySchedule(
  scope: Construct,
  { spec, handler, deadLetters }: ServiceFunction,
  settings: StageSettings,
): CfnSchedule[] {
  const minutes = intervalsOf(spec, settings);
  if (minutes.length === 0 || !deadLetters) return [];
  const role = new InlineRole(scope, `${spec.name}-scheduler`, {
    // Another account's schedule must not be able to borrow the role (the confused deputy).
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
  return minutes.map((everyMinutes) => {
    const schedule = new CfnSchedule(scope, `${spec.name}-every-${everyMinutes}-minutes`, {
      description: `${nameOnAws(settings.stage, spec.name)}, every ${everyMinutes} minutes`,
      scheduleExpression: ScheduleExpression.rate(Duration.minutes(everyMinutes)).expressionString,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: handler.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // What could not begin until the next run begins is that run's work.
        retryPolicy: { maximumEventAgeInSeconds: Math.min(everyMinutes * 60, MOST_AGE) },
      },
    });
    // Without its permissions the schedule's target is refused.
    schedule.node.addDependency(role);
    return schedule;
  });
}

/**
 * One subscription for each `log` trigger, in a stage whose database may pause. CloudWatch Logs tries to deliver for a
 * day, and Lambda queues what it delivers.
 * @param logOf the access log or a function's, by the trigger's `of`
 */
export function runByLog(
  scope: Construct,
  { spec, handler }: ServiceFunction,
  logOf: (of: string) => ILogGroup,
  settings: StageSettings,
): SubscriptionFilter[] {
  if (!letsDatabasePause(settings)) return [];
  return spec.triggers
    .filter((trigger) => trigger.kind === 'log')
    .map(
      ({ of, lines }) =>
        new SubscriptionFilter(scope, `${spec.name}-by-${of}`, {
          logGroup: logOf(of),
          destination: new LambdaDestination(handler),
          filterPattern: FilterPattern.literal(lines),
        }),
    );
}
