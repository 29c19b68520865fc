/** Which stage an operator's command is for. */
import { stageInCdkJson } from '../build/cdk-json.ts';
import { parseSettings, type StageSettings } from '../service/config.ts';

/** The stage of the local host, which is not in cdk.json. */
export const LOCAL = 'local';

/**
 * Returns the stage's settings. For the local host it also sets the AWS SDK's environment variables.
 * @param stage one of cdk.json, with AWS credentials and a region in the environment; undefined for the local host
 * @throws Error of one line when there is no such stage
 */
export function operatorStage(stage: string | undefined): StageSettings {
  if (stage === undefined) {
    findLocalHost();
    return parseSettings({ stage: LOCAL });
  }
  return parseSettings({ stage, ...stageInCdkJson(stage) });
}

function findLocalHost(): void {
  const { AWS_PORT = '4566' } = process.env;
  process.env.AWS_ENDPOINT_URL ??= `http://127.0.0.1:${AWS_PORT}`;
  process.env.AWS_REGION ??= 'eu-north-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
}

/** The text of an error for an operator: the AWS SDK's own messages name neither the host nor the missing variable. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (code === 'ECONNREFUSED' && process.env.AWS_ENDPOINT_URL) {
    return `No local host at ${process.env.AWS_ENDPOINT_URL}; npm start runs one`;
  }
  if (error.message === 'Region is missing') return 'No AWS region: set AWS_REGION';
  if (error.message === 'Could not load credentials from any providers')
    return 'No AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  return error.message || error.name;
}
