/**
 * Schedules the deletion of the stage's signing keys when its stack is deleted: KMS bills a key by the month until
 * then. Only stages that retain no data have this; in others the keys outlive the stack.
 */
import { KMSClient } from '@aws-sdk/client-kms';
import { customResource } from '../aws/custom-resource.ts';
import { retireKeys } from '../aws/signing-keys.ts';
import { log } from '../runtime/log.ts';
import { environment, stageSettings } from '../stage/settings.ts';

const settings = stageSettings();
const keeper = {
  kms: new KMSClient({ maxAttempts: 5 }),
  stage: environment('STAGE'),
  aliases: environment('SIGNING_KEY_ALIASES'),
  account: async () => environment('ACCOUNT'),
  deletionDays: settings.signingKeys.deletionDays,
};

export const handler = customResource(keeper.aliases, async ({ RequestType }) => {
  if (RequestType === 'Delete') log('info', 'signing keys retired', { retired: await retireKeys(keeper) });
  return undefined;
});
