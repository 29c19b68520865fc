/** Secrets of the settings' clients in Secrets Manager: `{"client_id", "client_secret"}`. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { hashSecret } from '../domain/client-secret.ts';
import { secretVersion } from './secret-version.ts';

/** The hash of the one that is current, and of the one before it while it is kept: a service may still hold that. */
export async function storedSecretHashes(client: SecretsManagerClient, secretId: string): Promise<Buffer[]> {
  const versions = await Promise.all([
    secretVersion(client, secretId, 'AWSCURRENT'),
    secretVersion(client, secretId, 'AWSPREVIOUS'),
  ]);
  return versions.flatMap((one) => (one ? [hashSecret(JSON.parse(one.SecretString ?? '').client_secret)] : []));
}
