/**
 * Takes the signing keys through their lifecycle (domain/key-lifecycle.ts), and makes a new stage's first key. It runs
 * at each deployment and every day; it may run twice, also at the same time, and be killed anywhere.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import { advanceKeys, deleteUnnamedKeys } from '../aws/signing-keys.ts';
import { keyAges, type Step } from '../domain/key-lifecycle.ts';
import { log } from '../runtime/log.ts';
import { emitMetrics } from '../runtime/metrics.ts';
import { environment, stageSettings } from '../stage/settings.ts';

const settings = stageSettings();
const keeper = {
  kms: new KMSClient({ maxAttempts: 5 }),
  stage: environment('STAGE'),
  aliases: environment('SIGNING_KEY_ALIASES'),
  account: async () => environment('ACCOUNT'),
  deletionDays: settings.signingKeys.deletionDays,
};

/** @returns the steps taken, and the keys whose deletion was scheduled */
export async function handler(): Promise<{ steps: Step[]; deleted: string[] }> {
  const now = new Date();
  const { steps, keys } = await advanceKeys(keeper, keyAges(settings), now);
  const deleted = await deleteUnnamedKeys(keeper, now);
  log('info', 'signing keys', { steps, deleted });
  if (keys.active) {
    const age = (now.getTime() - keys.active.since.getTime()) / 1000;
    emitMetrics({ SigningKeyAge: [Math.max(0, age), 'Seconds'] });
  }
  return { steps, deleted };
}
