/**
 * The settings of a stage as properties of a construct: held to the same schema as those of cdk.json, while some of them may
 * be values that only the deployment knows, such as the ARN of a certificate in the same app.
 */
import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { parseSettings, type StageSettings, type StageSettingsInput } from '../service/config.ts';

/** Those, each with a value that its schema accepts. Whatever else is in a name, a policy or a function's settings. */
const knownLater: Readonly<Record<string, string>> = {
  'deployment.keyArn': 'arn:aws:kms:eu-north-1:111122223333:key/later',
  'deployment.alarms.topicArn': 'arn:aws:sns:eu-north-1:111122223333:later',
  'deployment.edge.webAclArn': 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/later',
  'deployment.edge.logKeyArn': 'arn:aws:kms:us-east-1:111122223333:key/later',
  'deployment.edge.domain.certificateArn': 'arn:aws:acm:us-east-1:111122223333:certificate/later',
  'deployment.edge.domain.hostedZoneId': 'LATER',
  'deployment.edge.apiDomain.certificateArn': 'arn:aws:acm:eu-north-1:111122223333:certificate/later',
  'deployment.edge.apiDomain.hostedZoneId': 'LATER',
  'deployment.auditExport.bucketName': 'later',
  'deployment.auditExport.bucketKeyArn': 'arn:aws:kms:eu-north-1:111122223333:key/later',
  'deployment.database.clusterArn': 'arn:aws:rds:eu-north-1:111122223333:cluster:later',
  'deployment.database.secretArn': 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:later',
};

/** @throws Error with one line for each bad property, which names it */
export function parseProps(props: StageSettingsInput): StageSettings {
  const later = new Map<string, unknown>();
  const known = replaced(props, (value, path) => {
    if (!Token.isUnresolved(value)) return undefined;
    const example = knownLater[path];
    if (example === undefined) throw new Error(`${path}: must be known when the app is synthesized`);
    later.set(path, value);
    return example;
  });
  return replaced(parseSettings(known), (_value, path) => later.get(path)) as StageSettings;
}

/** The value with those parts replaced for which there is another. */
function replaced(
  value: unknown,
  other: (part: unknown, path: string) => unknown,
  path: readonly string[] = [],
): unknown {
  const found = other(value, path.join('.'));
  if (found !== undefined) return found;
  if (Array.isArray(value)) return value.map((part, index) => replaced(part, other, [...path, `${index}`]));
  // A construct in place of its ARN has its app in it, which has the construct: the schema refuses it.
  if (typeof value !== 'object' || value === null || Construct.isConstruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, other, [...path, key])]));
}
