/** A local Secrets Manager behind an endpoint, and the SDK's client for it. */
import * as aws from '@aws-sdk/client-secrets-manager';
import { startEndpoint } from '../../../lib/local/aws/endpoint.ts';
import { secretsManagerService } from '../../../lib/local/aws/secrets-manager.ts';

/** Ids for versions, in the order in which the versions are made. */
export const versionIds = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32));

export async function startSecretsManager(options: { file?: string; now: () => Date }) {
  const endpoint = await startEndpoint({ port: 0, services: [secretsManagerService(options)] });
  const client = new aws.SecretsManagerClient({
    endpoint: endpoint.url,
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  let counter = 0;
  return {
    client,
    /** A new secret; its first version has the first of {@link versionIds} and holds 'one'. */
    async newSecret(more: Partial<aws.CreateSecretCommandInput> = {}) {
      counter += 1;
      const Name = `identity/test-${counter}`;
      const input = { Name, SecretString: 'one', ClientRequestToken: versionIds[0], ...more };
      const { ARN = '' } = await client.send(new aws.CreateSecretCommand(input));
      return { Name, ARN };
    },
    put: (SecretId: string, ClientRequestToken: string, SecretString: string, VersionStages?: string[]) =>
      client.send(new aws.PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages })),
    get: (SecretId: string, more: Partial<aws.GetSecretValueCommandInput> = {}) =>
      client.send(new aws.GetSecretValueCommand({ SecretId, ...more })),
    stages: async (SecretId: string) =>
      (await client.send(new aws.DescribeSecretCommand({ SecretId }))).VersionIdsToStages,
    close: () => endpoint.close(),
  };
}
