/** One version of an HMAC key in Secrets Manager: `{"key": "…"}`. */
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { KeyVersion } from '../domain/key-versions.ts';

/** @returns null for a previous version that is not there. @throws what Secrets Manager refuses */
export async function keyVersion(
  client: SecretsManagerClient,
  secretId: string,
  stage: 'AWSCURRENT' | 'AWSPREVIOUS',
  abortSignal?: AbortSignal,
): Promise<KeyVersion | null> {
  try {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
    const answer = await client.send(command, abortSignal ? { abortSignal } : {});
    const { key } = JSON.parse(answer.SecretString ?? '') as { key: string };
    return { key: Buffer.from(key), createdAt: answer.CreatedDate ?? new Date(0) };
  } catch (error) {
    // A secret has no previous version before its first rotation, and after that version was dropped.
    if (stage === 'AWSPREVIOUS' && error instanceof Error && error.name === 'ResourceNotFoundException') return null;
    throw error;
  }
}
