/** One version of a secret in Secrets Manager, and of an HMAC key there: `{"key": "…"}`. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { KeyVersion } from '../domain/key-versions.ts';

type VersionStage = 'AWSCURRENT' | 'AWSPREVIOUS';

/** @returns null for a previous version that is not there. @throws what Secrets Manager refuses */
export async function secretVersion(
  client: SecretsManagerClient,
  secretId: string,
  stage: VersionStage,
  abortSignal?: AbortSignal,
) {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
    return await client.send(command, abortSignal ? { abortSignal } : {});
  } catch (error) {
    // A secret has no previous version before its first rotation, and after that version was dropped.
    if (stage === 'AWSPREVIOUS' && error instanceof Error && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}

/** As {@link secretVersion}. */
export async function keyVersion(
  ...[client, secretId, stage, abortSignal]: Parameters<typeof secretVersion>
): Promise<KeyVersion | null> {
  const answer = await secretVersion(client, secretId, stage, abortSignal);
  if (!answer) return null;
  const { key } = JSON.parse(answer.SecretString ?? '') as { key: string };
  return { key: Buffer.from(key), createdAt: answer.CreatedDate ?? new Date(0) };
}
