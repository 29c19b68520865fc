/** A database role's login as Secrets Manager keeps it, in the form that the Data API requires. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { DatabaseLogin } from '../store/database.ts';

export async function databaseLogin(secretArn: string): Promise<DatabaseLogin> {
  const { SecretString = '' } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  return JSON.parse(SecretString) as DatabaseLogin;
}
