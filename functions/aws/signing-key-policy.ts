/**
 * The policy that a signing key is made with. Without one KMS attaches its default, by which whoever in the account has
 * `kms:Sign` on `*` could sign tokens in anybody's name.
 *
 * It names no role: the first key is made before the roles are, and KMS refuses principals that it does not know. So it
 * allows the account, under a condition on the path of the roles that sign.
 */
import { signingRolePath } from '../domain/signing-roles.ts';

/**
 * What IAM alone decides, as for any key: looking after it, and reading its public half. Neither Sign nor CreateGrant,
 * which would let its holder give Sign away; nor what KMS may learn to do one day. PutKeyPolicy is there so that the
 * account can never be locked out of its own key.
 */
const administration = [
  'CancelKeyDeletion',
  'CreateAlias',
  'DeleteAlias',
  'DescribeKey',
  'DisableKey',
  'EnableKey',
  'GetKeyPolicy',
  'GetPublicKey',
  'ListGrants',
  'ListKeyPolicies',
  'ListResourceTags',
  'PutKeyPolicy',
  'RevokeGrant',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateKeyDescription',
].map((action) => `kms:${action}`);

/**
 * @param account as a principal: `arn:aws:iam::111122223333:root`
 * @returns JSON, for CreateKey
 */
export function signingKeyPolicy(stage: string, account: string): string {
  const roles = account.replace(/:root$/, `:role${signingRolePath(stage)}*`);
  const allow = { Effect: 'Allow', Principal: { AWS: account }, Resource: '*' };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'AdministrationByIam', ...allow, Action: administration },
      {
        Sid: 'SigningByTheStage',
        ...allow,
        Action: 'kms:Sign',
        Condition: { ArnLike: { 'aws:PrincipalArn': roles } },
      },
    ],
  });
}
