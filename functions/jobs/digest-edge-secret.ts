/**
 * Returns the digests of the edge's secrets to CloudFormation, for the functions' environment: they recognise the edge by
 * them, and hold no secret. CloudFormation itself cannot compute a digest.
 */
import { createHash } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { customResource } from '../aws/custom-resource.ts';

const secrets = new SecretsManagerClient({});

export const handler = customResource('edge-secret-digest', async ({ RequestType, ResourceProperties }) => {
  if (RequestType === 'Delete') return undefined;
  const digests = await Promise.all(ResourceProperties.SecretArns.map(digestOf));
  return { Sha256: digests.join(',') };
});

async function digestOf(SecretId: string): Promise<string> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  if (!SecretString) throw new Error('the secret is empty');
  return createHash('sha256').update(SecretString).digest('hex');
}
