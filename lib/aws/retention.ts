/** What stays when the stack goes, and for how long logs are kept (S51). */
import { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { DeploymentSettings, StageSettings } from '../service/config.ts';

/**
 * Kept in a stage that retains its data, except when the deployment that makes it fails: it would then stand in the
 * way of the next try, empty.
 */
export const removalPolicy = ({ retainData }: DeploymentSettings): RemovalPolicy =>
  retainData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;

/**
 * The settings by which a first deployment makes what holds data or has a name. CloudFormation cannot take back a cluster that
 * is protected; and when it takes back a whole nested stack that was made, its documentation does not say whether it still
 * counts as the operation that made what is in it, for `RetainExceptOnCreate`.
 *
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export const retainingNothing = ({ deployment, ...settings }: StageSettings): StageSettings => ({
  ...settings,
  deployment: { ...deployment, retainData: false },
});

/** The stage's key, for a construct that takes one; without it AWS encrypts by its own. */
export const encryptionKey = (
  scope: Construct,
  id: string,
  { keyArn }: Pick<DeploymentSettings, 'keyArn'>,
): { encryptionKey?: IKey } => (keyArn ? { encryptionKey: Key.fromKeyArn(scope, id, keyArn) } : {});

/** A log group with the stage's retention. CloudWatch encrypts it at rest. */
export function logGroup(scope: Construct, id: string, logGroupName: string, { deployment }: StageSettings): LogGroup {
  return new LogGroup(scope, id, {
    ...encryptionKey(scope, `${id} key`, deployment),
    logGroupName,
    retention: deployment.logRetentionDays,
    removalPolicy: removalPolicy(deployment),
  });
}
