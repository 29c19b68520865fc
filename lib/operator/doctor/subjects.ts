/** All checks, by subject, those first without which nobody can sign in. To add one: CONTRIBUTING, "A check of the doctor". */
import { alarmChecks } from './alarms.ts';
import { auditExportChecks } from './audit-export.ts';
import { capacityChecks } from './capacity.ts';
import type { Check } from './check.ts';
import { clientChecks } from './clients.ts';
import { databaseChecks } from './database.ts';
import { deployedChecks } from './deployed.ts';
import { documentChecks } from './documents.ts';
import { edgeChecks } from './edge.ts';
import { eventChecks } from './events.ts';
import { secretChecks } from './hmac.ts';
import { keyChecks } from './keys.ts';
import { mailChecks } from './mail.ts';
import { queueChecks } from './queues.ts';
import { stackChecks } from './stack.ts';
import { tableChecks } from './tables.ts';
import { weakChecks } from './weak.ts';

/** Of the checks that ask nobody. */
export const SETTINGS = 'Settings';

export const subjects: Readonly<Record<string, readonly Check[]>> = {
  Deployment: [...stackChecks, ...deployedChecks],
  'What callers reach': [...documentChecks, ...edgeChecks],
  'Signing keys': keyChecks,
  Secrets: secretChecks,
  Database: [...databaseChecks, ...tableChecks, ...auditExportChecks],
  Clients: clientChecks,
  Events: [...eventChecks, ...queueChecks],
  Mail: mailChecks,
  Alarms: alarmChecks,
  'Capacity, and the last day': capacityChecks,
  [SETTINGS]: weakChecks,
};
