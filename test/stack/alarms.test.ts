import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../functions/runtime/outcomes.ts';
import { repoRoot } from '../../lib/build/folders.ts';
import { dev, everything, prod, resources, synthesize, undecided } from './synthesized.ts';

interface MetricOfMath {
  readonly MetricStat?: { readonly Metric: { readonly Dimensions?: readonly unknown[] } };
}

const { template } = synthesize(everything);
const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => ({
  ...Properties,
  name: Properties.AlarmName.replace(/^identity-prod-/, ''),
  // Of an expression those that it is computed from.
  dimensions: [
    Properties,
    ...(Properties.Metrics ?? []).map(({ MetricStat }: MetricOfMath) => MetricStat?.Metric),
  ].flatMap((metric) => metric?.Dimensions ?? []),
}));
const runbook = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it('S52: watches errors, throttles, relay lag, dead letters, 5xx, lockouts, KMS throttling and the Data API', () => {
  expect(alarms.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'relay-outbox-errors',
      'functions-throttled',
      'relay-lag',
      'relay-silent',
      'events-dead',
      'send-email-dead-letters',
      'api-5xx',
      'lockouts',
      'email-codes-wrong',
      'signing-throttled',
      'database-slow',
      'database-unavailable',
    ]),
  );
});

it('S52: watches every dead-letter queue', () => {
  const queues = resources(template, 'AWS::SQS::Queue').filter(({ Properties }) => !Properties.RedrivePolicy);
  const watched = alarms.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value }: { Value: string }) => Value));
  expect(queues.length).toBeGreaterThan(0);
  expect(watched).toEqual(expect.arrayContaining(queues.map(({ Properties }) => Properties.QueueName)));
});

describe.each(alarms)('$name', ({ name, AlarmActions, AlarmDescription, Namespace, dimensions }) => {
  it('goes to the topic, and explains itself', () => {
    expect(AlarmActions).toEqual([expect.stringMatching(/^<AlarmsTopic\w+>$/)]);
    expect(AlarmDescription).toMatch(/^\S.{20,}Runbook/s);
  });

  it('is in the runbook', () => {
    expect(runbook).toContain(
      `\`${name.replace(/^(\w+-)+(errors|throttled|dead-letters)$/, (all: string, _: string, kind: string) =>
        ['functions-throttled', 'signing-throttled'].includes(all) ? all : `*-${kind}`,
      )}\``,
    );
  });

  it('is about this stage', () => {
    const accountWide = ['functions-throttled', 'mail-bounces', 'mail-complaints'].includes(name);
    expect(accountWide || dimensions.length > 0, Namespace).toBe(true);
  });
});

describe('the topic', () => {
  const [topic] = resources(template, 'AWS::SNS::Topic');
  const [policy] = resources(template, 'AWS::SNS::TopicPolicy');
  const statements: readonly { Effect: string }[] = policy?.Properties.PolicyDocument.Statement;

  it('lets CloudWatch publish, for every alarm of this stage and account, and nobody by plain HTTP', () => {
    expect(policy?.Properties.Topics).toEqual([`<${topic?.id}>`]);
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      {
        Sid: 'AlarmsOfThisStage',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: `<${topic?.id}>`,
        Condition: {
          StringEquals: { 'aws:SourceAccount': '111122223333' },
          ArnLike: {
            'aws:SourceArn': expect.stringMatching(/:cloudwatch:eu-north-1:111122223333:alarm:identity-prod-\*$/),
          },
        },
      },
    ]);
    const all = resources(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(all.filter((name) => !name.startsWith('identity-prod-'))).toEqual([]);
    expect(statements.filter(({ Effect }) => Effect === 'Deny')).toEqual([
      expect.objectContaining({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  });

  it('is not encrypted by a key of AWS’s, with which CloudWatch could not publish', () => {
    expect(topic?.Properties.KmsMasterKeyId).toBeUndefined();
  });

  it('has somebody to tell: a stage whose alarms nobody would receive is refused', () => {
    expect(resources(template, 'AWS::SNS::Subscription').map(({ Properties }) => Properties)).toEqual([
      { Protocol: 'email', Endpoint: 'on-call@example.com', TopicArn: `<${topic?.id}>` },
    ]);
    expect(() => synthesize(undecided)).toThrow(/deployment\.alarms\.emails: nobody would receive.*name the addresses/);
  });

  it('may be a given one', () => {
    const topicArn = 'arn:aws:sns:eu-north-1:111122223333:on-call';
    const alarms = { on: true, topicArn };
    const { template: given } = synthesize({ ...prod, deployment: { ...prod.deployment, alarms } });
    expect(resources(given, 'AWS::SNS::Topic')).toEqual([]);
    const actions = resources(given, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmActions);
    expect(new Set(actions.flat())).toEqual(new Set([topicArn]));
  });
});

it('is quiet at low traffic: a share counts from a least number of requests on', () => {
  const expressions = alarms.flatMap(({ name, Metrics = [] }) =>
    Metrics.filter(({ Expression }: { Expression?: string }) => Expression).map(
      ({ Expression }: { Expression: string }) => [name, Expression],
    ),
  );
  expect(Object.fromEntries(expressions)).toMatchObject({
    'api-5xx': 'IF(failed >= 5, failed / requests, 0)',
    'api-slow': 'IF(requests >= 100, slowest, 0)',
  });
  const shares = alarms.filter(
    ({ Threshold, Metrics, name }) => Threshold < 1 && !Metrics && !name.startsWith('mail-'),
  );
  expect(shares.map(({ name }) => name)).toEqual([]);
});

it('watches what the functions report, by the names that they use', () => {
  const files = globSync('functions/**/*.ts', { cwd: repoRoot });
  const sources = files
    .map((file) => readFileSync(join(repoRoot, file), 'utf8'))
    .filter((text) => text.includes('emitMetrics('));
  const own = alarms.filter(({ Namespace }) => Namespace === 'HuleEdu/Identity');
  expect(own.length).toBeGreaterThan(5);
  for (const { MetricName } of own) expect(sources.join('\n')).toMatch(new RegExp(`\\b${MetricName}\\b`));
});

it('costs nothing in dev', () => {
  const { template: cheap } = synthesize(dev);
  expect(
    ['CloudWatch::Alarm', 'CloudWatch::Dashboard', 'SNS::Topic'].flatMap((type) => resources(cheap, `AWS::${type}`)),
  ).toEqual([]);
});

it('comes with a dashboard of the stage', () => {
  const [dashboard] = resources(template, 'AWS::CloudWatch::Dashboard');
  expect(dashboard?.Properties.DashboardName).toBe('identity-prod');
  for (const metric of ['RelayLag', 'SigningThrottled', 'SlowStatements', '5xx']) {
    expect(JSON.stringify(dashboard?.Properties.DashboardBody)).toContain(metric);
  }
});

it('S52: shows logins and registrations by outcome, with every outcome', () => {
  const [dashboard] = resources(template, 'AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);
  for (const [metric, each] of Object.entries(outcomes)) {
    for (const outcome of each) {
      const line = ['HuleEdu/Identity', metric, 'Outcome', outcome, 'Stage', 'prod'];
      expect(body).toContain(JSON.stringify(JSON.stringify(line).slice(1, -1)).slice(1, -1));
    }
  }
});
