/** How far the audit log is exported, in a stage that exports it. */
import { type ExportPart, nextPart } from '../../../functions/store/audit-exports.ts';
import { type Check, check, fault, type Judged, ok, readme, type Verdict, warning } from './check.ts';
import type { Look } from './look.ts';
import { DAY, HOUR } from './words.ts';

type Next = Pick<ExportPart, 'day'> | null;

const readNext = async ({ sql, settings }: Look): Promise<Next | undefined> =>
  settings.deployment.auditExport ? sql(nextPart) : undefined;

/** A day is over, then settles for two hours; where the database may pause, the job comes within a day after that. */
const LATE = 2 * DAY + 4 * HOUR;

/** @param next what is exported next; null when all is, undefined where nothing is to be */
export function judgeExported(next: Next | undefined, { settings, now }: Judged): Verdict | undefined {
  if (next === undefined) return undefined;
  if (next === null) return ok('All of the audit log is exported');
  const age = now.getTime() - Date.parse(next.day);
  if (age <= LATE) return ok(`The audit log is exported up to ${next.day}`);
  // A month is left to mend it before the sweep drops the day.
  const isPressing = age > (settings.service.retention.auditDays - 30) * DAY;
  return (isPressing ? fault : warning)(
    `The audit log of ${next.day} is not exported, nor what came later`,
    `What retention.auditDays (${settings.service.retention.auditDays}) ends before it is exported is in no archive.`,
    `Read the log of export-audit-log; ${readme('Alarms')}, audit-export-lag`,
  );
}

export const auditExportChecks: readonly Check[] = [
  check('audit-export', 'how far the audit log is exported', readNext, judgeExported),
];
