/** The stage at a glance: what callers see, what the platform gets, what the service leans on. */
import { Dashboard, type DashboardProps, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { outcomes } from '../../functions/runtime/outcomes.ts';
import type { FunctionSpec } from '../service/functions.ts';
import { isUnattended } from '../service/present.ts';
import { deadLettersMetric, functionMetric } from './function-alarms.ts';
import { apiMetric, ownMetric } from './metrics.ts';

export function makeDashboard(
  scope: Construct,
  apiId: string,
  functions: readonly FunctionSpec[],
  stage: string,
): Dashboard {
  const own = (name: string, statistic: string = Stats.SUM) => ownMetric(stage, name, statistic);
  const api = (name: string, statistic: string) => apiMetric(apiId, name, statistic);
  const unattended = functions.filter(isUnattended);
  const widgets: DashboardProps['widgets'] = [
    [
      graph('Requests', api('Count', Stats.SUM), api('4xx', Stats.SUM), api('5xx', Stats.SUM)),
      graph('Latency, ms', ...[50, 90, 99].map((share) => api('Latency', Stats.percentile(share)))),
      graph(
        'Guessing',
        own('AccountsLocked'),
        own('EmailCodesWrong'),
        own('RefreshTokensReplayed'),
        own('RefreshTokensReused'),
      ),
    ],
    [graph('Logins', ...outcomesOf(stage, 'Logins')), graph('Registrations', ...outcomesOf(stage, 'Registrations'))],
    [
      graph('Events', own('EventsRelayed'), own('EventsFailed'), own('EventsDelayed'), own('EventsDead')),
      graph('Longest wait of an event, s', own('RelayLag', Stats.MAXIMUM)),
      graph('Dead letters', ...unattended.map(({ name }) => deadLettersMetric(stage, name).with({ label: name }))),
    ],
    [
      graph('Database', own('SlowStatements'), own('DatabaseUnavailable')),
      graph(
        'Keys',
        ...[
          'SigningThrottled',
          'SigningShed',
          'SigningErrors',
          'SigningDenied',
          'PublicKeysStale',
          'SecretsUnavailable',
        ].map((name) => own(name)),
      ),
      graph(
        'Errors of jobs and consumers',
        ...unattended.map(({ name }) => functionMetric(stage, name, 'Errors').with({ label: name })),
      ),
    ],
  ];
  return new Dashboard(scope, 'Dashboard', { dashboardName: `identity-${stage}`, widgets });
}

/** A line for each thing that may become of a request. */
const outcomesOf = (stage: string, metric: keyof typeof outcomes): IMetric[] =>
  outcomes[metric].map((outcome) =>
    ownMetric(stage, metric, Stats.SUM).with({ dimensionsMap: { Stage: stage, Outcome: outcome }, label: outcome }),
  );

const graph = (title: string, ...left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
