import { describe, it } from 'vitest';
import { judgeExported } from '../../../lib/operator/doctor/audit-export.ts';
import {
  type Cluster,
  judgeBackups,
  judgeCapacity,
  judgeCluster,
  judgeDeletion,
  judgeMaintenance,
  judgeReader,
  judgeSupport,
} from '../../../lib/operator/doctor/database.ts';
import type { Figures } from '../../../lib/operator/doctor/figures.ts';
import {
  judgeAnswer,
  judgeMigrations,
  judgePartitions,
  judgeStrays,
  judgeTransactions,
  judgeUnused,
  judgeVacuum,
  judgeValidity,
} from '../../../lib/operator/doctor/tables.ts';
import { ago, expectVerdict, iso, judged, NOW } from './judging.ts';

const database = { minCapacity: 0.5, maxCapacity: 16, reader: true, backupDays: 14 };
const prod = judged({ deployment: { retainData: true, database } });
const given = judged({
  deployment: { database: { clusterArn: 'arn:aws:rds:eu-north-1:111122223333:cluster:given', secretArn: 'arn:aws:x' } },
});

describe('the cluster', () => {
  const cluster: Cluster = {
    DBClusterIdentifier: 'identity-prod',
    DBClusterArn: 'arn:aws:rds:eu-north-1:111122223333:cluster:identity-prod',
    Status: 'available',
    Engine: 'aurora-postgresql',
    EngineVersion: '18.4',
    HttpEndpointEnabled: 'true',
    DeletionProtection: 'true',
    BackupRetentionPeriod: '14',
    LatestRestorableTime: iso(0.001),
    DBClusterMembers: [{ IsClusterWriter: 'true' }, { IsClusterWriter: 'false' }],
  };

  it.each([
    ['available', 'ok'],
    ['modifying', 'warning'],
    ['failing-over', 'fault'],
    ['inaccessible-encryption-credentials-recoverable', 'fault'],
  ] as const)('that is %s', (Status, state) => {
    expectVerdict(judgeCluster({ ...cluster, Status }, prod), state);
  });

  it('is there, and reached by the Data API', () => {
    expectVerdict(judgeCluster({ ...cluster, HttpEndpointEnabled: 'false' }, prod), 'fault', /Data API/);
    expectVerdict(judgeCluster(undefined, prod), 'fault', /no cluster identity-prod/);
    expectVerdict(judgeCluster(undefined, given), 'unknown', /no cluster given/);
  });

  it('keeps backups, an instance that takes over, and its protection', () => {
    expectVerdict(judgeBackups(cluster, prod), 'ok');
    expectVerdict(judgeBackups({ ...cluster, BackupRetentionPeriod: '7' }, prod), 'warning', /7 days, not 14/);
    expectVerdict(judgeBackups({ ...cluster, LatestRestorableTime: iso(1) }, prod), 'fault');
    expectVerdict(judgeReader(cluster, prod), 'ok');
    expectVerdict(judgeReader({ ...cluster, DBClusterMembers: '' }, prod), 'warning', /^Instances: 0, and 2/);
    expectVerdict(judgeDeletion(cluster, prod), 'ok');
    expectVerdict(judgeDeletion({ ...cluster, DeletionProtection: 'false' }, prod), 'fault');
  });

  it('is supported, and maintained when it suits us', () => {
    expectVerdict(judgeSupport({ version: '18.4', end: undefined }, prod), 'ok');
    expectVerdict(judgeSupport({ version: '18.4', end: ago(-1000) }, prod), 'ok');
    expectVerdict(judgeSupport({ version: '18.4', end: ago(-100) }, prod), 'warning');
    const pending = (...resources: string[]) => ({
      names: ['identity-prod', 'identity-prod-writer'],
      pending: resources.map((resource) => ({
        ResourceIdentifier: `arn:aws:rds:eu-north-1:111122223333:${resource}`,
        PendingMaintenanceActionDetails: {
          PendingMaintenanceAction: { Action: 'system-update', ForcedApplyDate: iso(-9) },
        },
      })),
    });
    expectVerdict(judgeMaintenance(pending()), 'ok');
    expectVerdict(judgeMaintenance(pending('cluster:identity-prod2', 'cluster:identity-prod-eu')), 'ok');
    expectVerdict(judgeMaintenance(pending('cluster:identity-prod')), 'warning', /system-update on 2026-12-06/);
    expectVerdict(judgeMaintenance(pending('db:identity-prod-writer')), 'warning');
  });

  it('has room', () => {
    const used = (most: number): Figures => new Map([['capacity', { sum: 0, most, latest: 0, latestAt: NOW }]]);
    expectVerdict(judgeCapacity(used(40), prod), 'ok', /at most 40 % of 16/);
    expectVerdict(judgeCapacity(used(97), prod), 'warning');
    expectVerdict(judgeCapacity(new Map(), prod), 'unknown');
    expectVerdict(judgeCapacity(new Map(), given), undefined);
  });
});

describe('what is in it', () => {
  const own = [
    { name: '0001_a.sql', checksum: 'a' },
    { name: '0002_b.sql', checksum: 'b' },
  ];
  const applied = own.map((one) => ({ ...one, applied_at: iso(100) }));

  it('is migrated as this checkout', () => {
    expectVerdict(judgeMigrations(applied, prod, own), 'ok', /All 2 migrations/);
    expectVerdict(judgeMigrations(applied.slice(0, 1), prod, own), 'warning', /Not applied yet: 0002_b.sql/);
    expectVerdict(judgeMigrations(applied, prod, own.slice(0, 1)), 'warning', /not in this checkout: 0002_b.sql/);
    expectVerdict(judgeMigrations(applied, prod, [{ name: '0001_a.sql', checksum: 'x' }]), 'fault', /0001_a.sql/);
  });

  it('answers', () => {
    const age = { transactions: 1, counted_since: null, version: '18.4' };
    expectVerdict(judgeAnswer(age, prod), 'ok', /PostgreSQL 18\.4/);
    expectVerdict(judgeAnswer(null, prod), 'fault');
    // It may have been paused.
    expectVerdict(judgeAnswer(null, judged({ deployment: {} })), 'warning');
  });

  it('has partitions for what comes', () => {
    const until = (days: number, strays = 0) =>
      ['audit_log', 'event_outbox'].map((parent) => ({ parent, until: ago(-days).getTime(), strays }));
    expectVerdict(judgePartitions(until(20), prod), 'ok', /until 2026-12-17/);
    expectVerdict(judgePartitions(until(5), prod), 'warning');
    expectVerdict(judgePartitions(until(-1), prod), 'fault');
    expectVerdict(judgePartitions(until(20).slice(1), prod), 'fault');
    expectVerdict(judgeStrays(until(20)), 'ok');
    expectVerdict(judgeStrays(until(20, 1000)), 'warning', /audit_log a thousand or more/);
  });

  it('has indexes that are valid and used', () => {
    const index = { name: 'i', scans: 0, bytes: 9_000_000, is_unique: false, is_valid: true };
    const age = { transactions: 1, counted_since: ago(40).getTime(), version: '18.4' };
    const judge = (one: Partial<typeof index>, since: number | null = age.counted_since) =>
      judgeUnused({ indexes: [{ ...index, ...one }], age: { ...age, counted_since: since }, applied }, prod);
    expectVerdict(judge({}), 'warning', /^Unused for 40 days: i$/);
    expectVerdict(judge({}, null), 'warning', /100 days/);
    expectVerdict(judge({}, ago(3).getTime()), 'ok', /3 days only/);
    for (const used of [{ scans: 1 }, { is_unique: true }, { bytes: 8192 }]) expectVerdict(judge(used), 'ok');
    expectVerdict(judgeValidity({ indexes: [index] }), 'ok');
    expectVerdict(judgeValidity({ indexes: [{ ...index, is_valid: false }] }), 'warning', /INVALID indexes: i/);
  });

  it('is vacuumed in time', () => {
    const table = { name: 't', live: 300_000, dead: 200_000, vacuumed_at: ago(2).getTime() };
    expectVerdict(judgeVacuum([table], prod), 'warning', /t \(vacuumed 2 days ago\)/);
    expectVerdict(judgeVacuum([{ ...table, vacuumed_at: null }], prod), 'warning', /never/);
    expectVerdict(judgeVacuum([{ ...table, live: 1_000_000 }], prod), 'ok');
    expectVerdict(judgeVacuum([{ ...table, live: 0, dead: 900 }], prod), 'ok', /Dead rows: 900/);
    const age = (transactions: number) => judgeTransactions({ transactions, counted_since: null, version: '18.4' });
    expectVerdict(age(2e8), 'ok', /200 million/);
    expectVerdict(age(6e8), 'warning');
    expectVerdict(age(1.3e9), 'fault');
  });
});

it('the audit log is exported, where it is to be, and before it is dropped', () => {
  const from = (days: number) => judgeExported({ day: iso(days).slice(0, 10) }, prod);
  expectVerdict(judgeExported(undefined, prod), undefined);
  expectVerdict(judgeExported(null, prod), 'ok', /All of the audit log/);
  expectVerdict(from(2), 'ok', /up to 2026-11-25/);
  expectVerdict(from(3), 'warning', /^The audit log of 2026-11-24 is not exported/);
  expectVerdict(from(369), 'warning');
  expectVerdict(from(371), 'fault');
});
