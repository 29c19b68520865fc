/**
 * The feature flags of CDK that change the service's resources, as this repository has them in cdk.json. The construct has
 * them for itself, whatever its app has: with another, policies would be longer, and the deploy jobs would run again.
 *
 * Source: https://docs.aws.amazon.com/cdk/v2/guide/featureflags.html (a flag is a context value, and a node's own comes first)
 */
import type { Construct } from 'constructs';

const flags: Readonly<Record<string, unknown>> = {
  '@aws-cdk/aws-events:eventsTargetQueueSameAccount': true,
  '@aws-cdk/aws-events:requireEventBusPolicySid': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true,
  '@aws-cdk/aws-rds:auroraClusterChangeScopeOfInstanceParameterGroupWithEachParameters': true,
  '@aws-cdk/aws-rds:preventRenderingDeprecatedCredentials': true,
  '@aws-cdk/aws-secretsmanager:useAttachedSecretResourcePolicyForSecretTargetAttachments': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/core:includePrefixInUniqueNameGeneration': true,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn'],
  '@aws-cdk/core:validateSnapshotRemovalPolicy': true,
};

/** Before anything is in it: later a node takes no context. */
export function pinFeatureFlags({ node }: Construct): void {
  for (const [flag, value] of Object.entries(flags)) node.setContext(flag, value);
}
