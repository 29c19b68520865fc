/**
 * Returns the digest of the edge's secret to CloudFormation, for the functions' environment: they recognise the edge by
 * it, and hold no secret. CloudFormation itself cannot compute a digest.
 */
import { createHash } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { customResource } from '../aws/custom-resource.ts';

const secrets = new SecretsManagerClient({});

export const handler = customResource('edge-secret-digest', async ({ RequestType, ResourceProperties }) => {
  if (RequestType === 'Delete') return undefined;
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: ResourceProperties.SecretArn }));
  if (!SecretString) throw new Error('the secret is empty');
  return { Sha256: createHash('sha256').update(SecretString).digest('hex') };
});
