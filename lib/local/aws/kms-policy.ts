/** Key policies of the local KMS: kept and shown, and not enforced, since no caller here has an identity. */
import type { CreateKeyCommandInput, GetKeyPolicyCommandInput } from '@aws-sdk/client-kms';
import type { KeyStore } from './kms-keys.ts';
import type { Wire } from './protocol.ts';
import { AwsError, type Operation } from './service.ts';

/** "The key policy size quota is 32 kilobytes (32768 bytes)." */
const mostBytes = 32_768;

export const policyOperations = (store: KeyStore): Record<string, Operation> => ({
  GetKeyPolicy({ KeyId, PolicyName = 'default' }: Wire<GetKeyPolicyCommandInput>) {
    const key = store.byId(KeyId);
    if (PolicyName !== 'default') throw new AwsError('NotFoundException', 'No such policy exists');
    return { Policy: key.policy ?? defaultPolicy(store.accountId), PolicyName };
  },
});

/**
 * KMS asks whether the caller could change the policy later. Callers here have no identity, and are taken for what calls on
 * AWS: a function, which may not.
 *
 * Source: https://repost.aws/knowledge-center/update-key-policy-future
 * @throws AwsError MalformedPolicyDocumentException when that was not waived, or a statement does not say whom it is for
 */
export function checkedPolicy({
  Policy,
  BypassPolicyLockoutSafetyCheck,
}: Pick<Wire<CreateKeyCommandInput>, 'Policy' | 'BypassPolicyLockoutSafetyCheck'>): string | undefined {
  if (Policy === undefined) return undefined;
  if (!BypassPolicyLockoutSafetyCheck) {
    throw new AwsError(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    );
  }
  if (Buffer.byteLength(Policy) > mostBytes) throw new AwsError('LimitExceededException', 'The policy is too long');
  const statements = statementsOf(Policy);
  const whole = statements?.every(({ Principal, Action, Resource }) => Principal && Action && Resource);
  if (!whole) throw new AwsError('MalformedPolicyDocumentException', 'The policy is not well formed');
  return Policy;
}

function statementsOf(policy: string): Record<string, unknown>[] | undefined {
  try {
    const { Statement } = JSON.parse(policy);
    return Array.isArray(Statement) && Statement.length > 0 ? Statement : undefined;
  } catch {
    return undefined;
  }
}

/** Source: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const defaultPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  });
