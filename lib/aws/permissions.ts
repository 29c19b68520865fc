/** What each capability of lib/functions.ts is in IAM: exact actions on exact resources (S49). */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Resources } from '../environment.ts';
import type { Capability, SecretName } from '../functions.ts';
import { rotateSigningKeys, useSigningKeys } from './signing-keys.ts';

export function statementsOf(capability: Capability, scope: Construct, resources: Resources): PolicyStatement[] {
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
      return [useSigningKeys(scope, stage, ['kms:Sign', 'kms:GetPublicKey'])];
    case 'read-public-keys':
      return [useSigningKeys(scope, stage, ['kms:GetPublicKey'])];
    case 'rotate-keys':
      return rotateSigningKeys(scope, stage);
    case 'put-events':
      return [allow(['events:PutEvents'], busArn(scope, resources.eventBusName))];
    default:
      return [allow(['secretsmanager:GetSecretValue'], secretArns[capability.slice('secret:'.length) as SecretName])];
  }
}

const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });

const busArn = (scope: Construct, resourceName: string) =>
  Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName });
