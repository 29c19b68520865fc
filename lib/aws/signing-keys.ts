/**
 * Who may do what with the stage's signing keys. The stack makes no key: the rotation job makes the first at the first
 * deployment and every later one, so that each has the same life, and none goes when a stack is deleted (S42).
 */

import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { keyRoles } from '../../functions/domain/key-lifecycle.ts';
import { signingKeyAliases } from '../service/environment.ts';

/** As the rotation job sets it when it makes a key (functions/aws/signing-keys.ts). */
const STAGE_TAG = 'identity:stage';

/** Every key of this account and region, never without a condition. */
const anyKey = arnOf('key/*');

/** For cdk-nag, on a role that has one of these statements. */
export const anyKeyAcknowledged = {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:kms:<AWS::Region>:<AWS::AccountId>:key/*]',
  reason: 'Key ids are not known before the keys are made; a condition on alias or tag narrows it to the stage.',
};

/** Which kind of key, by conditions that hold from the moment a key is made. */
const signingKeySpec = { 'kms:KeySpec': 'RSA_2048', 'kms:KeyUsage': 'SIGN_VERIFY' };

/**
 * Use of the keys that have an alias of the stage. A new alias may take five minutes to count; a key's second does not,
 * since its first goes on counting.
 *
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function useSigningKeys(stage: string, actions: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [anyKey],
    conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': aliases(stage) } },
  });
}

/** The keys' lifecycle, for the rotation job alone. It may neither sign, nor verify, nor take a key out of use. */
export function rotateSigningKeys(stage: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['kms:CreateKey'],
      // A key that is yet to be made has no ARN: AWS takes nothing but `*` here.
      resources: ['*'],
      conditions: { StringEquals: { ...signingKeySpec, [`aws:RequestTag/${STAGE_TAG}`]: stage } },
    }),
    new PolicyStatement({
      actions: ['kms:TagResource'],
      resources: [anyKey],
      conditions: {
        StringEquals: { [`aws:RequestTag/${STAGE_TAG}`]: stage },
        'ForAllValues:StringEquals': { 'aws:TagKeys': [STAGE_TAG] },
        // A key in the making may not show its properties yet; one that stands must be of this kind and this stage.
        StringEqualsIfExists: { ...signingKeySpec, [`aws:ResourceTag/${STAGE_TAG}`]: stage },
      },
    }),
    new PolicyStatement({
      actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
      resources: aliases(stage).map(arnOf),
    }),
    new PolicyStatement({
      // KMS asks for these on the key as well as on the alias.
      actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias', 'kms:DescribeKey'],
      resources: [anyKey],
      conditions: {
        StringEquals: signingKeySpec,
        // IfExists: a tag may take five minutes to count, and the key just made must have its alias now.
        StringEqualsIfExists: { [`aws:ResourceTag/${STAGE_TAG}`]: stage },
      },
    }),
    new PolicyStatement({
      // Keys are found by neither alias nor tag: the job lists them all. Neither list has a resource to name.
      actions: ['kms:ListAliases', 'kms:ListKeys'],
      resources: ['*'],
    }),
    new PolicyStatement({
      // Which of the keys without an alias are the stage's can be told by nothing but their tags.
      actions: ['kms:ListResourceTags'],
      resources: [anyKey],
      conditions: { StringEquals: signingKeySpec },
    }),
    new PolicyStatement({
      // What ends a key asks for the tag, whatever it takes.
      actions: ['kms:ScheduleKeyDeletion'],
      resources: [anyKey],
      conditions: { StringEquals: { [`aws:ResourceTag/${STAGE_TAG}`]: stage } },
    }),
  ];
}

const aliases = (stage: string) => keyRoles.map((role) => `${signingKeyAliases(stage)}${role}`);

function arnOf(resource: string): string {
  return `arn:${Aws.PARTITION}:kms:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
}
