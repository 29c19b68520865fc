import { describe, expect, it } from 'vitest';
import {
  type Alarm,
  isOfStage,
  judgeActions,
  judgeBlind,
  judgePolicy,
  judgeReceivers,
  judgeRinging,
} from '../../../lib/operator/doctor/alarms.ts';
import {
  judgeConcurrency,
  judgeErrors,
  judgeFailures,
  judgeRsaQuota,
  judgeThrottled,
} from '../../../lib/operator/doctor/capacity.ts';
import type { Figures } from '../../../lib/operator/doctor/figures.ts';
import {
  judgeDkim,
  judgeFeedback,
  judgeQuota,
  judgeReputation,
  judgeSandbox,
  judgeSender,
  judgeSending,
  judgeSet,
  judgeSuppressed,
} from '../../../lib/operator/doctor/mail.ts';
import { expectVerdict, iso, judged, NOW } from './judging.ts';

const prod = judged();
const dev = judged({ deployment: {} });
const figures = (values: Record<string, number>): Figures =>
  new Map(
    Object.entries(values).map(([name, value]) => [name, { sum: value, most: value, latest: value, latestAt: NOW }]),
  );

describe('mails', () => {
  const account = {
    SendingEnabled: true,
    ProductionAccessEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 1000, SentLast24Hours: 10, MaxSendRate: 14 },
  };
  const sent = (SentLast24Hours: number) => ({ ...account, SendQuota: { ...account.SendQuota, SentLast24Hours } });

  it('are sent by the account', () => {
    expectVerdict(judgeSending(account), 'ok');
    expectVerdict(judgeSending({ ...account, SendingEnabled: false }), 'fault');
    expectVerdict(judgeSending({ ...account, EnforcementStatus: 'PROBATION' }), 'warning', /PROBATION/);
    expectVerdict(judgeSandbox(account, prod), 'ok');
    expectVerdict(judgeSandbox({ ...account, ProductionAccessEnabled: false }, prod), 'fault');
    expectVerdict(judgeSandbox({ ...account, ProductionAccessEnabled: false }, dev), 'warning');
    expectVerdict(judgeQuota(sent(799)), 'ok');
    expectVerdict(judgeQuota(sent(800)), 'warning');
    expectVerdict(judgeQuota(sent(1000)), 'fault');
    expectVerdict(judgeQuota({ ...account, SendQuota: { ...account.SendQuota, Max24HourSend: -1 } }), undefined);
  });

  it('come from a sender that is verified and signs', () => {
    const domain = {
      name: 'school.example',
      VerifiedForSendingStatus: true,
      DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS' },
    };
    expectVerdict(judgeSender([domain], prod), 'ok', /by school\.example$/);
    expectVerdict(
      judgeSender([{ ...domain, VerifiedForSendingStatus: false }], prod),
      'fault',
      /waits for school\.example/,
    );
    expectVerdict(judgeSender([], prod), 'fault', /not verified$/);
    expectVerdict(judgeSender([], judged({ deployment: {}, service: {} })), 'warning');
    expectVerdict(judgeDkim([domain], prod), 'ok');
    expectVerdict(judgeDkim([{ ...domain, DkimAttributes: { Status: 'FAILED' } }], prod), 'warning', /FAILED/);
    expectVerdict(
      judgeDkim([{ ...domain, DkimAttributes: { Status: 'SUCCESS', SigningEnabled: false } }], prod),
      'warning',
      /switched off/,
    );
    // An address alone signs nothing in the name of its domain.
    expectVerdict(
      judgeDkim([{ name: 'no-reply@school.example', VerifiedForSendingStatus: true }], prod),
      'warning',
      /not signed/,
    );
    expectVerdict(judgeDkim([], prod), undefined);
  });

  it('are sent over TLS, and their bounces reported', () => {
    const set = {
      SendingOptions: { SendingEnabled: true },
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE'] },
    };
    expectVerdict(judgeSet(set, prod), 'ok');
    expectVerdict(judgeSet({ ...set, SendingOptions: { SendingEnabled: false } }, prod), 'fault', /paused/);
    expectVerdict(judgeSet({ ...set, DeliveryOptions: { TlsPolicy: 'OPTIONAL' } }, prod), 'warning', /TLS/);
    expectVerdict(judgeSet({ ...set, SuppressionOptions: { SuppressedReasons: ['COMPLAINT'] } }, prod), 'warning');
    const told = (Enabled: boolean, ...MatchingEventTypes: string[]) => ({
      EventDestinations: [{ Enabled, MatchingEventTypes, EventBridgeDestination: {} }],
    });
    expectVerdict(judgeFeedback(told(true, 'BOUNCE', 'COMPLAINT', 'REJECT'), prod), 'ok');
    expectVerdict(judgeFeedback(told(true, 'BOUNCE'), prod), 'warning', /: COMPLAINT, REJECT$/);
    expectVerdict(judgeFeedback(told(false, 'BOUNCE', 'COMPLAINT', 'REJECT'), prod), 'warning');
  });

  it('do not come back', () => {
    const judge = (values: Record<string, number>, from = account) =>
      judgeReputation({ account: from, figures: figures(values) });
    expectVerdict(judge({ bounces: 0.01, complaints: 0 }), 'ok', /Bounces 1\.00 %/);
    expectVerdict(judge({ bounces: 0.06 }), 'warning');
    expectVerdict(judge({ complaints: 0.002 }), 'warning');
    expectVerdict(judge({}), 'unknown');
    expectVerdict(judge({}, sent(0)), 'ok', /No mail was sent/);
    expectVerdict(judgeSuppressed(3), 'ok', /3 addresses/);
    expectVerdict(judgeSuppressed(100), 'warning');
  });
});

describe('alarms', () => {
  const alarm = (name: string, StateValue: string, more: Partial<Alarm> = {}): Alarm => ({
    AlarmName: `identity-prod-${name}`,
    AlarmDescription: 'An event waits for five minutes or longer. Runbook: README, "Operating", relay-lag.',
    StateValue,
    StateUpdatedTimestamp: iso(0.5),
    ActionsEnabled: 'true',
    AlarmActions: ['arn:aws:sns:…'],
    ...more,
  });

  it('ring', () => {
    expectVerdict(judgeRinging([alarm('relay-lag', 'OK')], prod), 'ok');
    expectVerdict(judgeRinging([], prod), 'fault', /has no alarm/);
    const ringing = judgeRinging([alarm('relay-lag', 'ALARM'), alarm('api-5xx', 'OK')], prod);
    expectVerdict(ringing, 'fault', /^In ALARM: relay-lag since 2026-11-26 15:00 UTC$/);
    expectVerdict({ ...ringing, seen: ringing.means ?? '' }, 'fault', /^An event waits for five minutes or longer\.$/);
  });

  it('are those of the stage, and not of one whose name begins alike', () => {
    const other = alarm('eu-relay-lag', 'ALARM');
    expect([alarm('relay-lag', 'OK'), other].map((one) => isOfStage(one, 'prod'))).toEqual([true, false]);
    expect(isOfStage(other, 'prod-eu')).toBe(true);
    expect(isOfStage(alarm('of-our-own', 'OK', { AlarmDescription: '' }), 'prod')).toBe(true);
  });

  it('see, and are heard', () => {
    expectVerdict(judgeBlind([alarm('a', 'INSUFFICIENT_DATA')], prod), 'ok', /1 for less/);
    expectVerdict(
      judgeBlind([alarm('a', 'INSUFFICIENT_DATA', { StateUpdatedTimestamp: iso(2) })], prod),
      'warning',
      /: a$/,
    );
    expectVerdict(judgeActions([alarm('a', 'OK')], prod), 'ok');
    expectVerdict(judgeActions([alarm('a', 'OK', { ActionsEnabled: 'false' })], prod), 'fault');
    expectVerdict(judgeActions([alarm('a', 'OK', { AlarmActions: '' })], prod), 'fault');
    const receiver = (SubscriptionArn: string, Endpoint = 'a@school.example') => ({
      SubscriptionArn,
      Endpoint,
      Protocol: 'email',
    });
    expectVerdict(judgeReceivers([receiver('arn:aws:sns:…')], prod), 'ok');
    expectVerdict(judgeReceivers([receiver('PendingConfirmation')], prod), 'fault', /has confirmed: a@/);
    expectVerdict(
      judgeReceivers([receiver('arn:aws:sns:…'), receiver('PendingConfirmation', 'b@x')], prod),
      'warning',
      /: b@x$/,
    );
    expectVerdict(judgeReceivers([receiver('arn:aws:sns:…', 'b@x')], prod), 'warning', /No receiver of alarms: a@/);
    expectVerdict(judgeReceivers([], prod), 'fault', /no receiver/);
  });

  it('may be published', () => {
    const policy = (Principal: unknown, Action: unknown = 'sns:Publish', Effect = 'Allow') =>
      JSON.stringify({ Statement: [{ Effect, Principal, Action }] });
    expectVerdict(judgePolicy(policy({ Service: 'cloudwatch.amazonaws.com' }), prod), 'ok');
    expectVerdict(judgePolicy(policy({ AWS: '*' }, ['SNS:Publish', 'SNS:Subscribe']), prod), 'ok');
    expectVerdict(judgePolicy(policy({ Service: 'events.amazonaws.com' }), prod), 'fault');
    expectVerdict(judgePolicy(policy({ AWS: '*' }, 'sns:Publish', 'Deny'), prod), 'fault');
    expectVerdict(judgePolicy(undefined, prod), undefined);
  });
});

describe('capacity and the last day', () => {
  it('is enough', () => {
    const limits = (ConcurrentExecutions: number, UnreservedConcurrentExecutions = ConcurrentExecutions) => ({
      ConcurrentExecutions,
      UnreservedConcurrentExecutions,
    });
    expectVerdict(judgeConcurrency(limits(1000), prod), 'ok');
    expectVerdict(judgeConcurrency(limits(400), prod), 'warning');
    expectVerdict(judgeConcurrency(limits(10), prod), 'warning');
    expectVerdict(judgeConcurrency(limits(980, 100), judged({ deployment: { reserveConcurrency: true } })), 'ok');
    expectVerdict(judgeRsaQuota(2000, prod), 'ok');
    expectVerdict(judgeRsaQuota(1000, prod), 'warning');
    expectVerdict(judgeRsaQuota(1000, dev), 'ok');
  });

  it('was quiet', () => {
    expectVerdict(judgeErrors(figures({ '5xx': 4, requests: 10 })), 'ok');
    expectVerdict(judgeErrors(figures({ '5xx': 10, requests: 5000 })), 'warning', /10 of 5000/);
    expectVerdict(judgeErrors(figures({ '5xx': 100, requests: 5000 })), 'fault');
    expectVerdict(judgeErrors(figures({})), 'unknown');
    expectVerdict(judgeThrottled(figures({ throttles: 0 })), 'ok');
    expectVerdict(judgeThrottled(figures({ throttles: 3 })), 'warning');
    expectVerdict(judgeThrottled(figures({})), 'unknown');
    expectVerdict(judgeFailures(figures({ own: 0 })), 'ok');
    expectVerdict(judgeFailures(figures({ own: 0, SigningErrors: 2 })), 'warning', /SigningErrors 2/);
    expectVerdict(judgeFailures(figures({})), 'unknown');
  });
});
