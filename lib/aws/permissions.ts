/** What each capability of lib/service/functions.ts is in IAM: exact actions on exact resources (S49). */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Capability, secretNames } from '../service/capability.ts';
import type { ServiceSettings } from '../service/config.ts';
import type { Resources } from '../service/environment.ts';
import { putIntoArchive } from './audit-archive.ts';
import { sendEmail } from './email.ts';
import { rotateSigningKeys, useSigningKeys } from './signing-keys.ts';

/**
 * What a function may do by its capabilities together.
 * @throws Error when one has no actions here
 */
export function permissionsOf(capabilities: readonly Capability[], resources: Resources): PolicyStatement[] {
  const statements = capabilities.flatMap((capability) => statementsOf(capability, resources));
  const { keyArn } = resources;
  if (!keyArn || !statements.some(({ actions }) => actions.includes(READ_SECRET))) return statements;
  return [...statements, decryptSecrets(keyArn)];
}

const READ_SECRET = 'secretsmanager:GetSecretValue';

/** Secrets Manager decrypts in the name of whoever reads: https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const decryptSecrets = (keyArn: string) =>
  new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
  });

function statementsOf(capability: Capability, resources: Resources): PolicyStatement[] {
  const { database, stage, secretArns } = resources;
  switch (capability) {
    case 'database':
      return [
        allow(['rds-data:ExecuteStatement'], database.clusterArn),
        // The Data API opens the secret in the caller's name.
        allow([READ_SECRET], database.applicationSecretArn),
      ];
    case 'migrate':
      return [
        allow(
          [
            'rds-data:ExecuteStatement',
            'rds-data:BeginTransaction',
            'rds-data:CommitTransaction',
            'rds-data:RollbackTransaction',
          ],
          database.clusterArn,
        ),
        // The second to give the application's role its password.
        allow([READ_SECRET], database.ownerSecretArn, database.applicationSecretArn),
      ];
    case 'sign':
      return [useSigningKeys(stage, ['kms:Sign', 'kms:GetPublicKey'])];
    case 'read-public-keys':
      return [useSigningKeys(stage, ['kms:GetPublicKey'])];
    case 'rotate-keys':
      return rotateSigningKeys(stage);
    case 'put-events':
      return [allow(['events:PutEvents'], busArn(resources.eventBusName))];
    case 'send-email': {
      const { mail } = JSON.parse(resources.settings) as ServiceSettings;
      return [sendEmail(stage, mail.sender)];
    }
    case 'keep-dead-letters':
      // With its failed invocations, which the same queue is for (lib/aws/functions.ts).
      return [];
    case 'pictures':
    case 'trusted-issuers':
      return [];
    case 'archive':
      return resources.archive ? putIntoArchive(resources.archive) : [];
    case 'edge-secret':
      return resources.edgeSecretArns ? [allow([READ_SECRET], ...resources.edgeSecretArns)] : [];
    case 'client-secrets': {
      const arns = Object.values(resources.clientSecretArns);
      return arns.length > 0 ? [allow([READ_SECRET], ...arns)] : [];
    }
    default: {
      const secret = secretNames.find((name) => capability === `secret:${name}`);
      if (!secret) throw new Error(`lib/aws/permissions.ts knows no actions for ${capability}`);
      return [allow([READ_SECRET], secretArns[secret])];
    }
  }
}

const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });

const busArn = (name: string) => `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/${name}`;
