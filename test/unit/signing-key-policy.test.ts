import { describe, expect, it } from 'vitest';
import { signingKeyPolicy } from '../../functions/aws/signing-key-policy.ts';
import { allows } from '../support/key-policy.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const policy = signingKeyPolicy('prod', `${ACCOUNT}:root`);
const signer = `${ACCOUNT}:role/identity-prod/sign/identity-prod-Sessions-Role-1A2B3C`;

describe('S42: the policy of a signing key', () => {
  it('lets the stage’s signing roles sign', () => {
    expect(allows(policy, signer, 'kms:Sign')).toBe(true);
  });

  it.each([
    ['a role with kms:Sign on every key', `${ACCOUNT}:role/ci`],
    ['a user with it', `${ACCOUNT}:user/identity-prod/sign/eve`],
    ['the root user', `${ACCOUNT}:root`],
    ['another stage', `${ACCOUNT}:role/identity-dev/sign/login`],
    ['a role whose path only ends so', `${ACCOUNT}:role/other/identity-prod/sign/login`],
    ['a role whose name begins so', `${ACCOUNT}:role/identity-prod-sign-login`],
    ['a role of the stage that does not sign', `${ACCOUNT}:role/identity-prod-Events-Role-1A2B3C`],
    ['the same role of another account', signer.replace('111122223333', '444455556666')],
    ['the same role in another partition', signer.replace('arn:aws:', 'arn:aws-cn:')],
  ])('lets %s sign nothing', (_who, principal) => {
    expect(allows(policy, principal, 'kms:Sign')).toBe(false);
  });

  it('leaves its administration to IAM, so that the account is not locked out', () => {
    const administrator = `${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_1a2b`;
    for (const action of ['PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion', 'GetPublicKey']) {
      expect([action, allows(policy, administrator, `kms:${action}`)]).toEqual([action, true]);
    }
  });

  it('has no grants, by which a signing role could hand on what it may', () => {
    for (const principal of [signer, `${ACCOUNT}:role/ci`]) {
      expect(allows(policy, principal, 'kms:CreateGrant')).toBe(false);
    }
  });

  it('holds in every partition', () => {
    const inChina = signingKeyPolicy('prod', 'arn:aws-cn:iam::111122223333:root');
    expect(allows(inChina, signer.replace('arn:aws:', 'arn:aws-cn:'), 'kms:Sign')).toBe(true);
  });
});
