/** The Aurora cluster: the stage's own, or the one that it was given. */
import type { StageSettings } from '../../service/config.ts';
import { type Check, check, fault, type Judged, ok, readme, unknown, type Verdict, warning } from './check.ts';
import { type Figures, none, readFigures } from './figures.ts';
import { type Look, Refused } from './look.ts';
import { DAY, day, HOUR, listed, minute, span } from './words.ts';
import { listOf } from './xml.ts';

export interface Cluster {
  readonly DBClusterIdentifier: string;
  readonly DBClusterArn: string;
  readonly Status: string;
  readonly Engine: string;
  readonly EngineVersion: string;
  readonly HttpEndpointEnabled?: string;
  readonly DeletionProtection?: string;
  readonly BackupRetentionPeriod?: string;
  readonly LatestRestorableTime?: string;
  readonly DBClusterMembers?:
    | readonly { readonly IsClusterWriter: string; readonly DBInstanceIdentifier?: string }[]
    | '';
}

export const clusterName = ({ stage, deployment }: StageSettings): string =>
  deployment.database.clusterArn?.split(':').at(-1) ?? `identity-${stage}`;

/**
 * @returns undefined when there is none
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBClusters.html
 */
export async function readCluster({ aws, settings }: Look): Promise<Cluster | undefined> {
  const values = { DBClusterIdentifier: clusterName(settings) };
  try {
    const { DBClusters } = await aws<{ DBClusters?: Cluster[] | '' }>('rds:DescribeDBClusters', values);
    return (DBClusters || [])[0];
  } catch (error) {
    if (error instanceof Refused && error.reason === 'DBClusterNotFoundFault') return undefined;
    throw error;
  }
}

/** In these it serves: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html#Aurora.Status */
const SERVES = ['available', 'backing-up', 'modifying', 'maintenance', 'configuring-enhanced-monitoring'];

export function judgeCluster(cluster: Cluster | undefined, { settings }: Judged): Verdict {
  if (!cluster) {
    const seen = `There is no cluster ${clusterName(settings)} in this account and region`;
    // A given one may be in another account.
    return settings.deployment.database.clusterArn
      ? unknown(seen, 'Another account or region may have it.')
      : fault(seen, 'Without its database nothing works.', readme('Recovery'));
  }
  const { DBClusterIdentifier: name, Status, HttpEndpointEnabled } = cluster;
  if (Status === 'available' && HttpEndpointEnabled !== 'false') return ok(`Cluster ${name} is available`);
  if (HttpEndpointEnabled === 'false')
    return fault(
      `The Data API of cluster ${name} is off`,
      'Functions cannot reach the database: all that needs it answers 503.',
      'aws rds enable-http-endpoint --resource-arn …',
    );
  const means = 'Requests that need it may answer 503.';
  const mend = 'aws rds describe-events --source-type db-cluster --duration 60';
  return (SERVES.includes(Status) ? warning : fault)(`Cluster ${name} is ${Status}`, means, mend);
}

/** Of the stage's own cluster: who gave another looks after it. */
const own =
  (judge: (cluster: Cluster, judged: Judged) => Verdict | undefined) =>
  (cluster: Cluster | undefined, judged: Judged): Verdict | undefined =>
    !cluster || judged.settings.deployment.database.clusterArn ? undefined : judge(cluster, judged);

export function judgeBackups(cluster: Cluster, { settings, now, command }: Judged): Verdict {
  const { BackupRetentionPeriod: days = '0', LatestRestorableTime: latest } = cluster;
  const wanted = settings.deployment.database.backupDays;
  if (Number(days) < wanted)
    return warning(
      `Backups are kept for ${days} days, not ${wanted}`,
      'A restore reaches less far back.',
      command('deploy'),
    );
  if (!latest) return ok(`Backups are kept for ${days} days`);
  const age = now.getTime() - Date.parse(latest);
  const seen = `Backups are kept for ${days} days, the latest of ${minute(new Date(latest))}`;
  // Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-pitr.html: within the last five minutes.
  if (age < HOUR || settings.deployment.database.minCapacity === 0) return ok(seen);
  return fault(
    seen,
    `What was written in the last ${span(age)} could not be restored.`,
    'Open a case with AWS support',
  );
}

export function judgeDeletion({ DeletionProtection }: Cluster, { settings, command }: Judged): Verdict | undefined {
  if (!settings.deployment.retainData) return undefined;
  if (DeletionProtection === 'true') return ok('The cluster is protected against deletion');
  return fault(
    'The cluster is not protected against deletion',
    'One command would delete all accounts.',
    command('deploy'),
  );
}

export function judgeReader({ DBClusterMembers }: Cluster, { settings, command }: Judged): Verdict | undefined {
  const members = DBClusterMembers || [];
  const wanted = settings.deployment.database.reader ? 2 : 1;
  if (members.length >= wanted) return ok(`Instances: ${members.length}`);
  return warning(
    `Instances: ${members.length}, and ${wanted} are configured`,
    'If the writer fails, minutes pass until another is there.',
    command('deploy'),
  );
}

interface Support {
  readonly version: string;
  readonly end: Date | undefined;
}

interface Lifecycles {
  readonly DBMajorEngineVersions?: readonly {
    readonly MajorEngineVersion: string;
    readonly SupportedEngineLifecycles?:
      | readonly { readonly LifecycleSupportName: string; readonly LifecycleSupportEndDate: string }[]
      | '';
  }[];
}

/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBMajorEngineVersions.html */
async function readSupport(look: Look): Promise<Support | undefined> {
  const cluster = await look.once(readCluster);
  if (!cluster) return undefined;
  const { Engine, EngineVersion } = cluster;
  const [MajorEngineVersion = ''] = EngineVersion.split('.');
  const answer = await look.aws<Lifecycles>('rds:DescribeDBMajorEngineVersions', { Engine, MajorEngineVersion });
  const versions = answer.DBMajorEngineVersions ?? [];
  const version = versions.find((one) => one.MajorEngineVersion === MajorEngineVersion);
  const lifecycle = (version?.SupportedEngineLifecycles || []).find(
    ({ LifecycleSupportName }) => LifecycleSupportName === 'open-source-rds-standard-support',
  );
  return { version: EngineVersion, end: lifecycle && new Date(lifecycle.LifecycleSupportEndDate) };
}

export function judgeSupport(support: Support | undefined, { now }: Judged): Verdict | undefined {
  if (!support) return undefined;
  const { version, end } = support;
  if (!end) return ok(`PostgreSQL ${version}; AWS names no end of its support yet`);
  const left = end.getTime() - now.getTime();
  const seen = `PostgreSQL ${version} has AWS's standard support until ${day(end)}`;
  if (left > 180 * DAY) return ok(seen);
  return warning(
    seen,
    'After that AWS bills extended support for each ACU hour.',
    'Plan the upgrade of the major version',
  );
}

interface Pending {
  /** Of `ResourcePendingMaintenanceActions`. */
  readonly PendingMaintenanceActions?: unknown;
}

interface Maintained {
  /** Of the cluster and its instances. */
  readonly names: readonly string[];
  readonly pending: readonly OfResource[];
}

interface OfResource {
  readonly ResourceIdentifier: string;
  /** Of `PendingMaintenanceAction`. */
  readonly PendingMaintenanceActionDetails?: unknown;
}

interface Maintenance {
  readonly Action: string;
  readonly ForcedApplyDate?: string;
  readonly CurrentApplyDate?: string;
}

/** Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribePendingMaintenanceActions.html */
async function readMaintenance(look: Look): Promise<Maintained | undefined> {
  const cluster = await look.once(readCluster);
  if (!cluster) return undefined;
  const { DBClusterIdentifier, DBClusterMembers } = cluster;
  const instances = (DBClusterMembers || []).flatMap(({ DBInstanceIdentifier: name }) => name ?? []);
  const list = (page: Pending) =>
    listOf<OfResource>(page.PendingMaintenanceActions, 'ResourcePendingMaintenanceActions');
  const token = ['Marker', 'Marker'] as const;
  const pending = await look.pages<OfResource>('rds:DescribePendingMaintenanceActions', {}, { list, token });
  return { names: [DBClusterIdentifier, ...instances], pending };
}

export function judgeMaintenance(found: Maintained | undefined): Verdict | undefined {
  if (!found) return undefined;
  // By its whole name: the cluster of another stage may begin with it.
  const details = found.pending
    .filter(({ ResourceIdentifier: arn }) => found.names.includes(arn.split(':').at(-1) ?? ''))
    .flatMap((found) => listOf<Maintenance>(found.PendingMaintenanceActionDetails, 'PendingMaintenanceAction'));
  if (details.length === 0) return ok('AWS has no maintenance pending for the cluster');
  const said = details.map(({ Action, ForcedApplyDate, CurrentApplyDate }) => {
    const date = ForcedApplyDate ?? CurrentApplyDate;
    return date ? `${Action} on ${date.slice(0, 10)}` : Action;
  });
  return warning(
    `AWS has maintenance pending: ${listed(said)}`,
    'The database may be away for a minute then, at a time of AWS’s choice.',
    'aws rds apply-pending-maintenance-action, at a quiet hour',
  );
}

export function judgeCapacity(figures: Figures, { settings }: Judged): Verdict | undefined {
  const { maxCapacity, clusterArn } = settings.deployment.database;
  if (clusterArn) return undefined;
  const used = figures.get('capacity')?.most;
  if (used === undefined) return none('the database’s capacity');
  const seen = `Aurora used at most ${Math.round(used)} % of ${maxCapacity} ACUs in a day`;
  if (used < 90) return ok(seen);
  return warning(
    seen,
    'At its end, statements wait for each other.',
    `database.maxCapacity; ${readme('Alarms')}, database-capacity`,
  );
}

export const databaseChecks: readonly Check[] = [
  check('cluster', 'the state of the cluster', readCluster, judgeCluster),
  check('cluster-protection', 'whether the cluster is protected', readCluster, own(judgeDeletion)),
  check('backups', 'how long backups are kept', readCluster, own(judgeBackups)),
  check('instances', 'which instances the cluster has', readCluster, own(judgeReader)),
  check('capacity', 'how much of its capacity the database uses', readFigures, judgeCapacity),
  check('maintenance', 'which maintenance AWS plans', readMaintenance, judgeMaintenance),
  check('engine-support', 'how long AWS supports this PostgreSQL', readSupport, judgeSupport),
];
