/** What the settings cost that copy something daily: the exported audit log, and backups in another Region. */

import type { StageSettings, StageSettingsInput } from '../service/config.ts';
import { parseSettings } from '../service/config.ts';
import { idle, sum } from './cost.ts';
import { prices } from './prices.ts';

/** Bytes of an exported entry: a login's, compressed in an object of 100,000. Pseudonyms are random, and stay as long as they are. */
const EXPORTED_BYTES = 86;
/** Entries a statement of the exporting job. */
const BATCH = 1_000;
const DAYS_A_MONTH = 30.4;

/** With the defaults of both. */
const REGION = 'eu-west-1';

export interface CopyCosts {
  /** USD a month. */
  readonly archive: number;
  /** USD a month for a million entries a month, once the bucket holds those of `keepDays`. */
  readonly entries: number;
  readonly exportedBytes: number;
  readonly archiveDays: number;
  readonly backup: number;
  /** USD a month for each GB of the database. */
  readonly backupGb: number;
  readonly backupDays: number;
}

/** @param stage that the settings are added to */
export function copyCosts({ stage, service, deployment }: StageSettings): CopyCosts {
  const standing = (more: StageSettingsInput['deployment']) =>
    sum(Object.values(idle(parseSettings({ stage, service, deployment: { ...deployment, ...more } }))));
  const without = standing({});
  const { auditExport, backupCopy } = parseSettings({
    stage,
    deployment: { auditExport: {}, backupCopy: { region: REGION } },
  }).deployment;
  const archiveDays = auditExport?.keepDays ?? 0;
  const backupDays = backupCopy?.keepDays ?? 0;
  return {
    archive: standing({ auditExport: {} }) - without,
    entries:
      ((EXPORTED_BYTES * 1e6) / 1e9) * (archiveDays / DAYS_A_MONTH) * prices.bucketGbMonth +
      (1e6 / BATCH) * prices.dataApiRequest,
    exportedBytes: EXPORTED_BYTES,
    archiveDays,
    backup: standing({ backupCopy: { region: REGION } }) - without,
    backupGb: backupDays * prices.backupGbMonth + DAYS_A_MONTH * prices.regionGb,
    backupDays,
  };
}
