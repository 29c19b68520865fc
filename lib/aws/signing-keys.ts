/**
 * Who may do what with the stage's signing keys. The stack makes no key: the rotation job makes the first at the first
 * deployment and every later one, so that each has the same life, and none goes when a stack is deleted (S42).
 */

import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { signingKeyAliases } from '../environment.ts';

/** As the rotation job sets it when it makes a key (functions/jobs/rotate-signing-key.ts). */
const STAGE_TAG = 'identity:stage';

/** Which kind of key, by conditions that hold from the moment a key is made. */
const signingKeySpec = { 'kms:KeySpec': 'RSA_2048', 'kms:KeyUsage': 'SIGN_VERIFY' };

/**
 * Key ids are not known before the keys are made, so the resource is every key of the account, and the condition lets
 * through those with an alias of the stage.
 *
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function useSigningKeys(scope: Construct, stage: string, actions: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [anyKey(scope)],
    conditions: { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': `${signingKeyAliases(stage)}*` } },
  });
}

/** The keys' lifecycle, for the rotation job alone. It may neither sign nor verify. */
export function rotateSigningKeys(scope: Construct, stage: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['kms:CreateKey'],
      // A key that is yet to be made has no ARN: AWS takes nothing but `*` here.
      resources: ['*'],
      conditions: { StringEquals: { ...signingKeySpec, [`aws:RequestTag/${STAGE_TAG}`]: stage } },
    }),
    new PolicyStatement({
      actions: ['kms:TagResource'],
      resources: [anyKey(scope)],
      conditions: {
        StringEquals: { [`aws:RequestTag/${STAGE_TAG}`]: stage },
        'ForAllValues:StringEquals': { 'aws:TagKeys': [STAGE_TAG] },
        // A key in the making may not show its properties yet; one that stands must be of this kind and this stage.
        StringEqualsIfExists: { ...signingKeySpec, [`aws:ResourceTag/${STAGE_TAG}`]: stage },
      },
    }),
    new PolicyStatement({
      actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
      resources: [arnOf(scope, `${signingKeyAliases(stage)}*`)],
    }),
    new PolicyStatement({
      // KMS asks for these on the key as well as on the alias.
      actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias', 'kms:DescribeKey', 'kms:GetPublicKey'],
      resources: [anyKey(scope)],
      conditions: {
        StringEquals: signingKeySpec,
        // IfExists: a tag may take five minutes to count, and the key just made must have its alias now.
        StringEqualsIfExists: { [`aws:ResourceTag/${STAGE_TAG}`]: stage },
      },
    }),
    new PolicyStatement({
      // What ends a key asks for the tag, whatever it takes.
      actions: ['kms:DisableKey', 'kms:ScheduleKeyDeletion'],
      resources: [anyKey(scope)],
      conditions: { StringEquals: { [`aws:ResourceTag/${STAGE_TAG}`]: stage } },
    }),
  ];
}

const anyKey = (scope: Construct) => arnOf(scope, 'key/*');

const arnOf = (scope: Construct, resource: string) => Stack.of(scope).formatArn({ service: 'kms', resource });
