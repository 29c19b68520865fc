/** What is watched of the daily copies: the exported audit log, and the backups in another Region. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { StageSettings } from '../service/config.ts';
import type { AlarmRow } from './alarms.ts';
import { vaultName } from './backup-copy.ts';
import { ownMetric } from './metrics.ts';

const ONE_DAY = Duration.days(1);
const DAY = 24 * 60 * 60;

export function copyAlarms({ stage, deployment: { auditExport, backupCopy } }: StageSettings): AlarmRow[] {
  const lag = (statistic: string) => ownMetric(stage, 'AuditExportLag', statistic).with({ period: ONE_DAY });
  return [
    ...(auditExport
      ? ([
          {
            name: 'audit-export-lag',
            means: 'A day of the audit log that ended a day ago, or more, is not exported.',
            // After a run it is at most a day and the two hours in which a day settles.
            metric: lag(Stats.MAXIMUM),
            from: 2 * DAY,
          },
          {
            name: 'audit-export-silent',
            means: 'The audit log has not been exported for two days.',
            metric: lag(Stats.SAMPLE_COUNT),
            from: 1,
            // Where the database may pause, a run each day, to the minute: two may be on one day.
            periods: [2, 2],
            silence: true,
          },
        ] satisfies AlarmRow[])
      : []),
    ...(backupCopy
      ? ([
          {
            name: 'backup-copy-silent',
            means: 'No backup of the database has been copied to the other Region for two days.',
            metric: copiesOf([vaultName(stage), ...(backupCopy.vaultArn?.split(':').slice(6) ?? [])]),
            from: 1,
            periods: [2, 2],
            silence: true,
          },
        ] satisfies AlarmRow[])
      : []),
  ];
}

/**
 * Copies that ended well. AWS does not say whether a copy counts for the vault that it is of, or for the one that it goes
 * to: the stage's own have one name.
 * Source: https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
 */
function copiesOf(vaults: readonly string[]): IMetric {
  const [first, ...others] = vaults.map(
    (BackupVaultName) =>
      new Metric({
        namespace: 'AWS/Backup',
        metricName: 'NumberOfCopyJobsCompleted',
        dimensionsMap: { BackupVaultName },
        statistic: Stats.SUM,
        period: ONE_DAY,
      }),
  );
  const [other] = others;
  if (!first) throw new Error('no vault to watch');
  if (!other) return first;
  return new MathExpression({
    expression: 'FILL(source, 0) + FILL(copies, 0)',
    usingMetrics: { source: first, copies: other },
    label: 'copies that ended well',
    period: ONE_DAY,
  });
}
