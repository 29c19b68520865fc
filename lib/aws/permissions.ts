/** What each capability of lib/service/functions.ts is in IAM: exact actions on exact resources (S49). */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Capability, secretNames } from '../service/capability.ts';
import type { ServiceSettings } from '../service/config.ts';
import type { Resources } from '../service/environment.ts';
import { sendEmail } from './email.ts';
import { rotateSigningKeys, useSigningKeys } from './signing-keys.ts';

/** @throws Error when the capability has no actions here */
export function statementsOf(capability: Capability, resources: Resources): PolicyStatement[] {
  const { database, stage, secretArns } = resources;
  switch (capability) {
    case 'database':
      return [
        allow(['rds-data:ExecuteStatement'], database.clusterArn),
        // The Data API opens the secret in the caller's name.
        allow(['secretsmanager:GetSecretValue'], database.applicationSecretArn),
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
        allow(['secretsmanager:GetSecretValue'], database.ownerSecretArn, database.applicationSecretArn),
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
    case 'edge-secret':
      return resources.edgeSecretArn ? [allow(['secretsmanager:GetSecretValue'], resources.edgeSecretArn)] : [];
    default: {
      const secret = secretNames.find((name) => capability === `secret:${name}`);
      if (!secret) throw new Error(`lib/aws/permissions.ts knows no actions for ${capability}`);
      return [allow(['secretsmanager:GetSecretValue'], secretArns[secret])];
    }
  }
}

const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });

const busArn = (name: string) => `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/${name}`;
