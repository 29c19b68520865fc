/** The stage at a glance: what callers see, what the platform gets, what the service leans on. */
import { Dashboard, type DashboardProps, GraphWidget, type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { outcomes } from '../../functions/runtime/outcomes.ts';
import { apiMetric, ownMetric, type Watched } from './alarms.ts';

export function makeDashboard(scope: Construct, { apiId, functions }: Watched, stage: string): Dashboard {
  const own = (name: string, statistic: string = Stats.SUM) => ownMetric(stage, name, statistic);
  const api = (name: string, statistic: string) => apiMetric(apiId, name, statistic);
  const watchedJobs = functions.filter(({ deadLetters }) => deadLetters);
  const widgets: DashboardProps['widgets'] = [
    [
      graph('Requests', api('Count', Stats.SUM), api('4xx', Stats.SUM), api('5xx', Stats.SUM)),
      graph('Latency, ms', ...[50, 90, 99].map((share) => api('Latency', Stats.percentile(share)))),
      graph('Guessing', own('AccountsLocked'), own('RefreshTokensReplayed'), own('RefreshTokensReused')),
    ],
    [graph('Logins', ...outcomesOf(stage, 'Logins')), graph('Registrations', ...outcomesOf(stage, 'Registrations'))],
    [
      graph('Events', own('EventsRelayed'), own('EventsFailed'), own('EventsDead')),
      graph('Longest wait of an event, s', own('RelayLag', Stats.MAXIMUM)),
      graph(
        'Dead letters',
        ...watchedJobs.flatMap(({ deadLetters }) => deadLetters?.metricApproximateNumberOfMessagesVisible() ?? []),
      ),
    ],
    [
      graph('Database', own('SlowStatements'), own('DatabaseUnavailable')),
      graph('Keys', own('SigningThrottled'), own('SigningErrors'), own('PublicKeysStale'), own('SecretsUnavailable')),
      graph('Errors of jobs and consumers', ...watchedJobs.map(({ handler }) => handler.metricErrors())),
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
