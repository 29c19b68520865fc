/** Opens a stage's database from an operator's machine: through the Data API, with the functions' own role. */
import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type DatabaseTarget, dataApi } from '../../functions/aws/data-api.ts';
import type { Database } from '../../functions/store/database.ts';
import type { DeploymentSettings, StageSettings } from '../service/config.ts';
import { secretDescription } from '../service/environment.ts';
import { LOCAL, operatorStage } from './stage.ts';

/**
 * @param stage one of cdk.json, with AWS credentials and a region in the environment; undefined for the local host
 * @throws Error of one line when there is no such stage, or no local host is running
 */
export const operatorDatabase = async (stage: string | undefined): Promise<Database> =>
  dataApi(await operatorTarget(stage));

/** Which database that is, and which login. @throws Error as {@link operatorDatabase} does */
export const operatorTarget = async (stage: string | undefined): Promise<DatabaseTarget> =>
  databaseTarget(operatorStage(stage));

export const databaseTarget = ({ stage, deployment }: StageSettings): Promise<DatabaseTarget> =>
  stage === LOCAL ? localTarget() : stageTarget(stage, deployment.database);

async function localTarget(): Promise<DatabaseTarget> {
  const { DATABASE_NAME: name = 'identity' } = process.env;
  try {
    const command = new DescribeSecretCommand({ SecretId: 'identity-local/database-application' });
    const { ARN: secretArn = '' } = await new SecretsManagerClient({}).send(command);
    return { clusterArn: clusterOf(secretArn, 'local'), secretArn, name };
  } catch (error) {
    throw new Error(`No local host at ${process.env.AWS_ENDPOINT_URL}; npm start runs one`, { cause: error });
  }
}

async function stageTarget(
  stage: string,
  { clusterArn, name }: DeploymentSettings['database'],
): Promise<DatabaseTarget> {
  const description = applicationLoginDescription(stage);
  const command = new ListSecretsCommand({ Filters: [{ Key: 'description', Values: [description] }] });
  const { SecretList = [] } = await new SecretsManagerClient({}).send(command);
  // The filter also matches longer descriptions that begin with this text, and ignores case.
  const secretArn = SecretList.find(({ Description }) => Description === description)?.ARN;
  if (!secretArn) throw new Error(`No database login of stage ${stage} in this account and region`);
  return { clusterArn: clusterArn ?? clusterOf(secretArn, stage), secretArn, name };
}

/** The description that lib/aws/secrets.ts gives the secret; CloudFormation makes its name. */
export const applicationLoginDescription = (stage: string) =>
  secretDescription(stage, 'Database login of the functions');

/** The stage's own cluster is in the secret's account and region, under a fixed name (lib/aws/database.ts). */
function clusterOf(secretArn: string, stage: string): string {
  const [, partition, , region, account] = secretArn.split(':');
  return `arn:${partition}:rds:${region}:${account}:cluster:identity-${stage}`;
}
