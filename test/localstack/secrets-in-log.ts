/** Whether a log holds what only Secrets Manager may. */
import { readFile } from 'node:fs/promises';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** @returns the names of the secrets whose value, or a part of it, is in the file */
export async function secretsIn(file: string): Promise<string[]> {
  const client = new SecretsManagerClient({});
  const log = await readFile(file, 'utf8');
  const { SecretList = [] } = await client.send(new ListSecretsCommand({}));
  if (SecretList.length === 0) throw new Error('there are no secrets to look for');
  const found = await Promise.all(
    SecretList.map(async ({ ARN, Name = '' }) => {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: ARN }));
      const { username, ...values } = JSON.parse(SecretString) as Record<string, string>;
      return Object.values(values).some((value) => log.includes(value)) ? [Name] : [];
    }),
  );
  return found.flat();
}
