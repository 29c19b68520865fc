/** What stays when the stack goes, and for how long logs are kept (S51). */
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentSettings, StageSettings } from '../service/config.ts';

/**
 * Kept in a stage that retains its data, except when the deployment that makes it fails: it would then stand in the
 * way of the next try, empty.
 */
export const removalPolicy = ({ retainData }: DeploymentSettings): RemovalPolicy =>
  retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/** A log group with the stage's retention. CloudWatch encrypts it at rest with a key of its own. */
export function logGroup(scope: Construct, id: string, logGroupName: string, { deployment }: StageSettings): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName,
    retention: deployment.logRetentionDays,
    removalPolicy: removalPolicy(deployment),
  });
}
