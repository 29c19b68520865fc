/** The stage's secrets: they are made once in the local Secrets Manager, and kept there. */
import { randomBytes } from 'node:crypto';
import { secretNames } from '../service/capability.ts';
import type { Resources } from '../service/environment.ts';
import { AwsError, type AwsService } from './aws/service.ts';

export interface DatabaseRole {
  readonly username: string;
  readonly password: string;
}

export interface StageSecrets {
  readonly arns: Resources['secretArns'];
  readonly ownerArn: string;
  readonly applicationArn: string;
  /** The secret of a client, made the first time. @returns its ARN */
  clientArn(clientId: string): Promise<string>;
  /** @throws AwsError ResourceNotFoundException */
  databaseRole(arn: string): Promise<DatabaseRole>;
}

/**
 * @param roles the database's owner and the application's role; used when their secrets do not exist yet
 */
export async function stageSecrets(
  secretsManager: AwsService,
  roles: { readonly owner: DatabaseRole; readonly application: DatabaseRole },
): Promise<StageSecrets> {
  const call = async (operation: string, input: object) =>
    (await secretsManager.operations[operation]?.(input)) as { ARN: string; SecretString: string };

  async function ensure(name: string, make: () => object): Promise<string> {
    const Name = `identity-local/${name}`;
    try {
      return (await call('DescribeSecret', { SecretId: Name })).ARN;
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
      return (await call('CreateSecret', { Name, SecretString: JSON.stringify(make()) })).ARN;
    }
  }

  const arns = {} as Record<(typeof secretNames)[number], string>;
  for (const name of secretNames) arns[name] = await ensure(name, () => ({ key: random() }));
  return {
    arns,
    ownerArn: await ensure('database-owner', () => roles.owner),
    applicationArn: await ensure('database-application', () => roles.application),
    clientArn: (clientId) => ensure(`clients/${clientId}`, () => ({ client_id: clientId, client_secret: random() })),
    async databaseRole(arn) {
      return JSON.parse((await call('GetSecretValue', { SecretId: arn })).SecretString);
    },
  };
}

export const newRole = (username: string): DatabaseRole => ({ username, password: random() });

/** 256 bits. */
const random = () => randomBytes(32).toString('base64url');
