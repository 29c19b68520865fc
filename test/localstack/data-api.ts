/** The RDS Data API for the deployed stack: this repo's own, over a PostgreSQL of this machine, with the emulator's secrets. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startEndpoint } from '../../lib/local/aws/endpoint.ts';
import { rdsDataService } from '../../lib/local/aws/rds-data.ts';
import { openStageDatabase } from '../../lib/local/stage-database.ts';
import { newRole } from '../../lib/local/stage-secrets.ts';

export interface DataApi {
  readonly url: string;
  readonly databaseName: string;
  /** Puts the login of the database's owner into the emulator's Secrets Manager, as RDS does for a cluster. */
  makeOwnerSecret(): Promise<string>;
  stop(): Promise<void>;
}

/** @param emulator where it looks for the secrets that requests name */
export async function startDataApi(work: string, emulator: { readonly url: string; readonly region: string }) {
  const secretsManager = new SecretsManagerClient({ region: emulator.region, endpoint: emulator.url, credentials });
  const owner = newRole('identity_owner');
  const database = await openStageDatabase(
    { directory: join(work, 'postgres') },
    { owner, fresh: true, onExit: (error) => console.error(error.message) },
  );
  const service = rdsDataService({
    postgres: database.postgres,
    databaseName: database.name,
    async resolveSecret(arn) {
      const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: arn }));
      return JSON.parse(SecretString);
    },
  });
  const endpoint = await startEndpoint({ port: 0, services: [service] });
  return {
    url: endpoint.url,
    databaseName: database.name,
    async makeOwnerSecret() {
      const Name = `rds-cluster-${randomBytes(4).toString('hex')}`;
      const { ARN } = await secretsManager.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(owner) }));
      if (!ARN) throw new Error('the emulator made no secret');
      return ARN;
    },
    async stop() {
      await endpoint.close();
      await service.close();
      await database.stop();
    },
  } satisfies DataApi;
}

/** The emulator takes any; its account is the one that it takes for these. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
