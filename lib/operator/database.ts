/** Opens a stage's database from an operator's machine: through the Data API, with the functions' own role. */
import { readFileSync } from 'node:fs';
import { DescribeSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Database } from '../../functions/store/database.ts';
import { parseSettings } from '../service/config.ts';
import { secretDescription } from '../service/environment.ts';

interface Target {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly name: string;
}

/**
 * @param stage one of cdk.json, with AWS credentials and a region in the environment; undefined for the local host
 * @throws Error of one line when there is no such stage, or no local host is running
 */
export async function operatorDatabase(stage: string | undefined): Promise<Database> {
  const { clusterArn, secretArn, name } = stage === undefined ? await localTarget() : await stageTarget(stage);
  process.env.SETTINGS ??= '{}';
  Object.assign(process.env, {
    DATABASE_CLUSTER_ARN: clusterArn,
    DATABASE_SECRET_ARN: secretArn,
    DATABASE_NAME: name,
  });
  // This module reads the environment when it is loaded.
  const { dataApi } = await import('../../functions/aws/data-api.ts');
  return dataApi();
}

async function localTarget(): Promise<Target> {
  const { AWS_PORT = '4566', DATABASE_NAME = 'identity' } = process.env;
  process.env.AWS_ENDPOINT_URL ??= `http://127.0.0.1:${AWS_PORT}`;
  process.env.AWS_REGION ??= 'eu-north-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  try {
    const command = new DescribeSecretCommand({ SecretId: 'identity-local/database-application' });
    const { ARN = '' } = await new SecretsManagerClient({}).send(command);
    return { clusterArn: clusterOf(ARN, 'local'), secretArn: ARN, name: DATABASE_NAME };
  } catch (error) {
    throw new Error(`No local host at ${process.env.AWS_ENDPOINT_URL}; npm start runs one`, { cause: error });
  }
}

async function stageTarget(stage: string): Promise<Target> {
  const { stages } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context;
  if (!Object.hasOwn(stages, stage)) throw new Error(`No stage ${stage} in cdk.json, only ${Object.keys(stages)}`);
  const { database } = parseSettings({ stage, ...stages[stage] }).deployment;
  const description = applicationLoginDescription(stage);
  const command = new ListSecretsCommand({ Filters: [{ Key: 'description', Values: [description] }] });
  const { SecretList = [] } = await new SecretsManagerClient({}).send(command);
  // The filter also matches longer descriptions that begin with this text, and ignores case.
  const secretArn = SecretList.find(({ Description }) => Description === description)?.ARN;
  if (!secretArn) throw new Error(`No database login of stage ${stage} in this account and region`);
  return { clusterArn: database.clusterArn ?? clusterOf(secretArn, stage), secretArn, name: database.name };
}

/** The description that lib/aws/secrets.ts gives the secret; CloudFormation makes its name. */
export const applicationLoginDescription = (stage: string) =>
  secretDescription(stage, 'Database login of the functions');

/** The stage's own cluster is in the secret's account and region, under a fixed name (lib/aws/database.ts). */
function clusterOf(secretArn: string, stage: string): string {
  const [, partition, , region, account] = secretArn.split(':');
  return `arn:${partition}:rds:${region}:${account}:cluster:identity-${stage}`;
}
