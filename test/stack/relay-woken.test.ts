import { Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { LAST_BATCH } from '../../functions/runtime/events-wait.ts';
import { routes } from '../../lib/service/routes.ts';
import { dev, functionOf, functionsIn, prod, resources, statementsOf, synthesize } from './synthesized.ts';

const relayId = (template: Parameters<typeof functionOf>[0], stage: string) =>
  functionOf(template, stage, 'relay-outbox').id;

/** The schedules of a function. */
function schedulesOf(template: Parameters<typeof functionOf>[0], stage: string, name: string): string[] {
  const arn = `<${functionOf(template, stage, name).id}.Arn>`;
  return resources(template, 'AWS::Scheduler::Schedule')
    .filter(({ Properties }) => Properties.Target.Arn === arn)
    .map(({ Properties }) => Properties.ScheduleExpression);
}

describe('a stage whose database may pause', () => {
  const { template } = synthesize(dev);
  const subscriptions = resources(template, 'AWS::Logs::SubscriptionFilter');
  const patternOn = (logGroupName: string) => {
    const group = resources(template, 'AWS::Logs::LogGroup').find(
      ({ Properties }) => Properties.LogGroupName === logGroupName,
    );
    return subscriptions.find(({ Properties }) => Properties.LogGroupName === `<${group?.id}>`)?.Properties
      .FilterPattern;
  };

  it('has no schedules but a look every six hours and a sweep a day', () => {
    expect(schedulesOf(template, 'dev', 'relay-outbox')).toEqual(['rate(6 hours)']);
    expect(schedulesOf(template, 'dev', 'sweep')).toEqual(['rate(1 day)']);
  });

  it('runs the relay after each request with a method that may write, whatever the answer', () => {
    const pattern: string = patternOn('/aws/vendedlogs/identity-dev/access');
    const writing = new Set(
      routes.map(({ method }) => method).filter((method) => !['GET', 'HEAD', 'OPTIONS'].includes(method)),
    );
    expect([...pattern.matchAll(/\$\.route = "(\w+) \*"/g)].map(([, method]) => method).sort()).toEqual(
      [...writing].sort(),
    );
    expect(pattern).toContain('$.route = "GET /oauth/logout"');
    const [stage] = resources(template, 'AWS::ApiGatewayV2::Stage');
    expect(JSON.parse(stage?.Properties.AccessLogSettings.Format)).toMatchObject({ route: '$context.routeKey' });
  });

  it('runs the relay after the consumers of mails and their bounces, after the sweep, and after a relay that left events waiting', () => {
    expect(patternOn('/aws/lambda/identity-dev-send-email')).toBe('{ $.type = "platform.report" }');
    expect(patternOn('/aws/lambda/identity-dev-mail-feedback')).toBe('{ $.type = "platform.report" }');
    expect(patternOn('/aws/lambda/identity-dev-sweep')).toBe('{ $.type = "platform.report" }');
    expect(patternOn('/aws/lambda/identity-dev-relay-outbox')).toBe('{ $.message = "events wait" }');
    expect(subscriptions).toHaveLength(5);
  });

  it('S49: lets CloudWatch Logs invoke only the relay, with a permission for each log group', () => {
    const arn = `<${relayId(template, 'dev')}.Arn>`;
    expect(subscriptions.every(({ Properties }) => Properties.DestinationArn === arn)).toBe(true);
    const permissions = resources(template, 'AWS::Lambda::Permission').filter(
      ({ Properties }) => Properties.Principal === 'logs.amazonaws.com',
    );
    expect(permissions.map(({ Properties }) => [Properties.FunctionName, Properties.SourceArn]).sort()).toEqual(
      subscriptions.map(({ Properties }) => [arn, Properties.LogGroupName.replace(/>$/, '.Arn>')]).sort(),
    );
    for (const { DependsOn } of subscriptions) {
      expect(permissions.some(({ id }) => DependsOn.includes(id))).toBe(true);
    }
  });

  it('asks the database nothing while nobody comes, but for these: five wakes a day, of five minutes each', () => {
    const asking = new Set(
      functionsIn(dev)
        .map(({ name }) => functionOf(template, 'dev', name))
        .filter(({ Properties }) =>
          statementsOf(template, Properties.Role.replace(/^<|\.Arn>$/g, '')).some(({ actions }) =>
            actions.includes('rds-data:ExecuteStatement'),
          ),
        )
        .map(({ id }) => `<${id}.Arn>`),
    );
    const hours = { 'rate(6 hours)': 6, 'rate(1 day)': 24 };
    const wakes = resources(template, 'AWS::Scheduler::Schedule')
      .filter(({ Properties }) => asking.has(Properties.Target.Arn))
      .map(({ Properties }) => 24 / hours[Properties.ScheduleExpression as keyof typeof hours]);
    expect(wakes.reduce((sum, one) => sum + one, 0)).toBe(5);
    const [cluster] = resources(template, 'AWS::RDS::DBCluster');
    expect(cluster?.Properties.ServerlessV2ScalingConfiguration).toMatchObject({
      MinCapacity: 0,
      SecondsUntilAutoPause: 300,
    });
    // Nothing else runs by a clock, and no log line of a run by the clock runs anything: a relay that found nothing does
    // not say that events wait (test/service/relay-woken.test.ts).
    const clocks = resources(template, 'AWS::Events::Rule').filter(({ Properties }) => Properties.ScheduleExpression);
    expect([...clocks, ...resources(template, 'AWS::Synthetics::Canary')]).toEqual([]);
    const minutely = resources(template, 'AWS::Scheduler::Schedule').filter(({ Properties }) =>
      /minute/.test(Properties.ScheduleExpression),
    );
    expect(minutely).toEqual([]);
    // An alarm would not ask the database, but a health check of a route that does would.
    expect(routes.find(({ path }) => path === '/healthz')?.may).toEqual([]);
  });

  it('alarms on a silent relay after two missed looks, and not when there are no requests', () => {
    const watched = synthesize({
      ...dev,
      deployment: { ...dev.deployment, alarms: { on: true, emails: ['on-call@example.com'] } },
    }).template;
    const silent = resources(watched, 'AWS::CloudWatch::Alarm').find(
      ({ Properties }) => Properties.AlarmName === 'identity-dev-relay-silent',
    );
    expect(silent?.Properties).toMatchObject({
      Period: Duration.hours(6).toSeconds(),
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
  });
});

describe('any other stage', () => {
  const { template } = synthesize(prod);

  it('has a relay that always runs, and that no log starts', () => {
    expect(schedulesOf(template, 'prod', 'relay-outbox')).toEqual(['rate(3 minutes)']);
    expect(schedulesOf(template, 'prod', 'sweep')).toEqual(['rate(1 hour)']);
    expect(resources(template, 'AWS::Logs::SubscriptionFilter')).toEqual([]);
  });

  it('has a relay that polls until the next one must have begun, as many at once as that takes', () => {
    const { Timeout, ReservedConcurrentExecutions } = functionOf(template, 'prod', 'relay-outbox').Properties;
    // EventBridge Scheduler begins a run within the 60 s after its time: between two begins are 121 to 239 s.
    const [earliest, latest] = [3 * 60 - 59, 3 * 60 + 59];
    expect(Timeout - LAST_BATCH).toBeGreaterThan(latest);
    expect(ReservedConcurrentExecutions).toBeGreaterThanOrEqual(Math.ceil(Timeout / earliest));
  });
});
