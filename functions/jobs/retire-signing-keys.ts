/**
 * Schedules the deletion of the stage's signing keys when its stack is deleted: KMS bills a key by the month until
 * then. Only stages that retain no data have this; in others the keys outlive the stack.
 */
import { DeleteAliasCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { customResource } from '../aws/custom-resource.ts';
import { readStageKeys } from '../aws/signing-keys.ts';
import { keyRoles } from '../domain/key-lifecycle.ts';
import { log } from '../runtime/log.ts';
import { environment, stageSettings } from '../stage/settings.ts';

const settings = stageSettings();
const keeper = {
  kms: new KMSClient({ maxAttempts: 5 }),
  stage: environment('STAGE'),
  aliases: environment('SIGNING_KEY_ALIASES'),
  deletionDays: settings.signingKeys.deletionDays,
};

export const handler = customResource(keeper.aliases, async ({ RequestType }) => {
  if (RequestType === 'Delete') log('info', 'signing keys retired', { retired: await retireKeys() });
  return undefined;
});

/** @returns the ids of the keys; each can be restored for `signingKeys.deletionDays` */
async function retireKeys(): Promise<string[]> {
  const { kms, aliases, deletionDays } = keeper;
  const keys = await readStageKeys(keeper);
  const ids = new Set<string>();
  for (const role of keyRoles) {
    const key = keys[role];
    if (!key) continue;
    if (key.usable) ids.add(key.keyId);
    // A key that waits for deletion keeps its aliases, and they would block those of the next stack.
    await kms.send(new DeleteAliasCommand({ AliasName: aliases + role }));
  }
  for (const KeyId of ids) await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: deletionDays }));
  return [...ids];
}
