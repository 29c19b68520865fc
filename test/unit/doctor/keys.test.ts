import { describe, it } from 'vitest';
import { signingKeyPolicy } from '../../../functions/aws/signing-key-policy.ts';
import { judgePresence, judgeRotations } from '../../../lib/operator/doctor/hmac.ts';
import {
  judgeActive,
  judgePolicies,
  judgePrevious,
  judgeWaiting,
  type Key,
  type PublishedKeys,
} from '../../../lib/operator/doctor/keys.ts';
import { secretNames } from '../../../lib/service/capability.ts';
import { ago, expectVerdict, judged, seconds } from './judging.ts';

const prod = judged();

const key = (role: Key['role'], days: number, more: Partial<Key> = {}): Key => ({
  role,
  keyId: `key-${role}`,
  since: ago(days),
  state: 'Enabled',
  kid: `kid-${role}`,
  ...more,
});
const found = (...keys: Key[]): PublishedKeys => ({ keys, kids: [], active: undefined });
const deleted = { state: 'PendingDeletion', deletionDate: ago(-7) };

describe('the signing keys', () => {
  it('sign', () => {
    expectVerdict(judgeActive(found(key('active', 30)), prod), 'ok', /since 30 days; the next is due in 60 days/);
    expectVerdict(judgeActive(found(key('active', 92)), prod), 'ok', /is due now/);
    expectVerdict(judgeActive(found(key('active', 95)), prod), 'warning', /was due 5 days ago/);
  });

  it('do not sign', () => {
    expectVerdict(judgeActive(found(), prod), 'fault', /no active key/);
    expectVerdict(
      judgeActive(found(key('active', 3, deleted)), prod),
      'fault',
      /PendingDeletion and is deleted on 2026-12-04/,
    );
    expectVerdict(judgeActive(found(key('active', 3, { state: 'Disabled' })), prod), 'fault', /Disabled/);
  });

  it('have one that waits, from the second day on', () => {
    expectVerdict(judgeWaiting(found(key('active', 30), key('next', 20)), prod), 'ok', /and may sign$/);
    expectVerdict(judgeWaiting(found(key('active', 1), key('next', 0.5)), prod), 'ok', /may sign in 12 h/);
    const same = key('next', 1, { keyId: 'key-active' });
    expectVerdict(judgeWaiting(found(key('active', 1), same), prod), 'ok', /No key waits yet/);
    expectVerdict(judgeWaiting(found(key('active', 3), same), prod), 'warning', /No key waits, 3 days/);
    expectVerdict(judgeWaiting(found(key('active', 3)), prod), 'warning');
    expectVerdict(judgeWaiting(found(key('active', 3), key('next', 2, deleted)), prod), 'warning', /PendingDeletion/);
  });

  it('end when nobody needs them', () => {
    expectVerdict(judgePrevious(found(key('active', 3)), prod), undefined);
    expectVerdict(judgePrevious(found(key('active', 1), key('previous', 90)), prod), 'ok');
    expectVerdict(judgePrevious(found(key('active', 4), key('previous', 90)), prod), 'warning', /still published/);
  });

  it('are used by the stage’s own roles alone', () => {
    const wanted = signingKeyPolicy('prod', 'arn:aws:iam::111122223333:root');
    const of = (policy: string) => [{ role: 'active', policy, wanted }] as const;
    expectVerdict(judgePolicies([], prod), undefined);
    expectVerdict(judgePolicies(of(wanted), prod), 'ok');
    // KMS may give a list of one as its only member, and members in another order.
    const { Statement, Version } = JSON.parse(wanted);
    const turned = JSON.stringify({ Statement: Statement.toReversed(), Version }).replace('"kms:Sign"', '["kms:Sign"]');
    expectVerdict(judgePolicies(of(turned), prod), 'ok');
    expectVerdict(
      judgePolicies(of(wanted.replace('"kms:Sign"', '"kms:*"')), prod),
      'warning',
      /^active: not the policy/,
    );
    expectVerdict(judgePolicies(of(wanted.replace('identity-prod', '*')), prod), 'warning');
  });
});

describe('the secrets', () => {
  const secrets = [...secretNames.map((name) => `HMAC key ${name}`), 'Database login of the functions'].map(
    (purpose) => ({ purpose, LastChangedDate: seconds(40), SecretVersionsToStages: { v: ['AWSCURRENT'] } }),
  );
  const changed = (purpose: string, more: object) =>
    secrets.map((one) => (one.purpose === purpose ? { ...one, ...more } : one));

  it('are all there', () => {
    expectVerdict(judgePresence(secrets, prod), 'ok');
    expectVerdict(judgePresence(secrets.slice(1), prod), 'fault', /Missing secrets: HMAC key pseudonym/);
    expectVerdict(
      judgePresence(changed('HMAC key device', { DeletedDate: seconds(1) }), prod),
      'fault',
      /Scheduled for deletion: HMAC key device/,
    );
    expectVerdict(judgePresence(changed('HMAC key device', { DeletedDate: null }), prod), 'ok');
    expectVerdict(
      judgePresence(secrets, judged({ deployment: { edge: { secretVersion: 2 } } })),
      'warning',
      /version 2/,
    );
  });

  it('have no version that is honoured for nothing', () => {
    const two = { SecretVersionsToStages: { v: ['AWSCURRENT'], w: ['AWSPREVIOUS'] } };
    expectVerdict(judgeRotations(secrets, prod), 'ok', /No rotation/);
    expectVerdict(
      judgeRotations(changed('HMAC key device', { ...two, LastChangedDate: seconds(60) }), prod),
      'ok',
      /honoured: device/,
    );
    expectVerdict(
      judgeRotations(changed('HMAC key device', { ...two, LastChangedDate: seconds(95) }), prod),
      'warning',
      /device 95 days ago/,
    );
    expectVerdict(
      judgeRotations(changed('HMAC key pseudonym', { ...two, LastChangedDate: seconds(2) }), prod),
      'warning',
      /pseudonym/,
    );
  });
});
