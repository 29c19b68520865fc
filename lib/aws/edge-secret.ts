/**
 * What the edge proves itself with: CloudFront puts it into a header, and the functions know its digest.
 *
 * A change of it takes one deployment and no time in which one side has the new and the other does not: besides the one in
 * use the functions accept the next, so CloudFront can begin with it, and the one before, which edge locations still send
 * until CloudFront is done, and again if the deployment is rolled back.
 */
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { StageSettings } from '../service/config.ts';
import { encryptionKey } from './retention.ts';

export interface EdgeSecrets {
  readonly current: Secret;
  /** The ARNs of all that the functions accept. */
  readonly accepted: readonly string[];
}

export function makeEdgeSecrets(scope: Construct, settings: StageSettings): EdgeSecrets {
  const version = settings.deployment.edge?.secretVersion ?? 1;
  const current = makeSecret(scope, version, settings);
  const others = [version - 1, version + 1].filter((one) => one >= 1).map((one) => makeSecret(scope, one, settings));
  return { current, accepted: [current, ...others].map(({ secretArn }) => secretArn) };
}

/** Its value is in no template: CloudFormation looks it up when it sets the header. It is worth nothing without the stage. */
function makeSecret(scope: Construct, version: number, { stage, deployment }: StageSettings): Secret {
  const id = version === 1 ? 'Secret' : `Secret${version}`;
  const secret = new Secret(scope, id, {
    ...encryptionKey(scope, `${id}Key`, deployment),
    description: `Identity service, stage ${stage}: what the edge proves itself with, version ${version}`,
    generateSecretString: { passwordLength: 43, excludePunctuation: true, requireEachIncludedType: false },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'CloudFormation hands it to CloudFront; edge.secretVersion changes it, by a deployment.',
  });
  return secret;
}
