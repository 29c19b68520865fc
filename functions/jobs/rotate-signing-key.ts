/** Makes the stage's first signing key. Run at each deployment; safe to run twice, and twice at once. */
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { log } from '../log.ts';
import { environment } from '../settings.ts';

const ACTIVE = `${environment('SIGNING_KEY_ALIASES')}active`;
const kms = new KMSClient({});

export async function handler(): Promise<{ made: string | null }> {
  if (await exists(ACTIVE)) return { made: null };
  const { KeyMetadata } = await kms.send(
    new CreateKeyCommand({
      KeySpec: 'RSA_2048',
      KeyUsage: 'SIGN_VERIFY',
      Description: `Signs access tokens of the identity service, stage ${environment('STAGE')}`,
      Tags: [{ TagKey: 'identity:stage', TagValue: environment('STAGE') }],
    }),
  );
  const keyId = KeyMetadata?.KeyId;
  if (!keyId) throw new Error('KMS made no key');
  try {
    await kms.send(new CreateAliasCommand({ AliasName: ACTIVE, TargetKeyId: keyId }));
  } catch (error) {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
    // Another run was first: its key is the stage's.
    if (error instanceof Error && error.name === 'AlreadyExistsException') return { made: null };
    throw error;
  }
  log('info', 'signing key made', { key_id: keyId });
  return { made: keyId };
}

async function exists(alias: string): Promise<boolean> {
  try {
    await kms.send(new DescribeKeyCommand({ KeyId: alias }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return false;
    throw error;
  }
}
