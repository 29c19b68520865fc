/** A database role's name and password, as Secrets Manager keeps them for the Data API. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface DatabaseLogin {
  readonly username: string;
  readonly password: string;
}

export async function databaseLogin(secretArn: string): Promise<DatabaseLogin> {
  const { SecretString = '' } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: secretArn }),
  );
  return JSON.parse(SecretString) as DatabaseLogin;
}
