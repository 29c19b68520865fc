/**
 * The doctor at the deployed stage: what it says of a healthy one, and whether it names what is broken then. What the
 * emulator does not have must be unknown, and never ok.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get as getPlain } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  CancelKeyDeletionCommand,
  DescribeKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { DeleteEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { awsRequests } from '../../lib/operator/aws-request.ts';
import type { Finding } from '../../lib/operator/doctor/examine.ts';
import { examineStage } from '../../lib/operator/doctor/means.ts';
import { exitCodeOf, textOf } from '../../lib/operator/doctor/report.ts';
import { parseSettings, type StageSettingsInput } from '../../lib/service/config.ts';
import { localhostToo } from '../e2e/localhost.ts';
import { until } from '../support/await-condition.ts';
import { verifyDomain } from './mail-sender.ts';

/** Which the emulator cannot know, or reports otherwise than AWS: all else is ok. */
const ON_A_HEALTHY_STAGE: Readonly<Record<string, Finding['state']>> = {
  // No Aurora, no Service Quotas; no figures of runs that go on for minutes, nor of its API Gateway.
  cluster: 'unknown',
  relay: 'unknown',
  'api-errors': 'unknown',
  failures: 'unknown',
  'signing-quota': 'unknown',
  // Its domain has no DNS.
  'mail-dkim': 'warning',
  // What this stage leaves out of production's settings, or the emulator cannot serve.
  'lambda-concurrency': 'warning',
  'setting-edge-on': 'warning',
  'setting-issuer-own': 'warning',
  'setting-verified-address': 'warning',
  'setting-reserved': 'warning',
};

export async function seeHealthyStage(settings: StageSettingsInput, issuer: string): Promise<void> {
  // The emulator starts functions one by one; the first answers may come too late.
  await until('the keys are served', async () => (await get(`${issuer}/.well-known/jwks.json`)).status === 200);
  const { findings } = await look(settings, true);
  const others = findings.filter(({ state }) => state !== 'ok').map(({ check, state }) => [check, state]);
  assert.deepEqual(Object.fromEntries(others), ON_A_HEALTHY_STAGE);
  assert.equal(exitCodeOf(findings, false), 0);
}

/** Breaks five things, looks, and mends them. */
export async function seeBrokenStage(settings: StageSettingsInput): Promise<void> {
  const mend = await breakStage(settings.stage, parseSettings(settings).service.mail.sender);
  try {
    const { findings } = await look(settings, true);
    const said = (check: string) => findings.find((finding) => finding.check === check);
    for (const [check, seen] of [
      ['signing-key', /^No key signs: the active key is PendingDeletion and is deleted on 20/],
      ['dead-letters', /^Given up: send-email 1$/],
      ['mail-sender', /^The sender .* is not verified$/],
      ['alarms', /^In ALARM: lockouts/],
      ['stopped-functions', /concurrency of 0: sweep$/],
    ] as const) {
      assert.equal(said(check)?.state, 'fault', check);
      assert.match(said(check)?.seen ?? '', seen);
      assert.ok(said(check)?.mend, `${check} says what mends it`);
    }
    assert.equal(exitCodeOf(findings, false), 1);
  } finally {
    await mend();
  }
  // Functions remember for seconds that there was no key.
  await until('what was broken is mended', async () => exitCodeOf((await look(settings, false)).findings, false) === 0);
}

async function look(settings: StageSettingsInput, isShown: boolean) {
  const begun = performance.now();
  // The emulator does one thing at a time, and starts functions meanwhile.
  const examined = await examineStage(parseSettings(settings), { get, patience: 60_000 });
  if (isShown) console.log(textOf(examined, (_, shown) => shown).replaceAll(/^/gm, '  '));
  console.log(`  looked for ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return examined;
}

async function get(url: string) {
  const [answer] = await once(getPlain(url, { lookup: localhostToo }), 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

/** @returns mends it again */
async function breakStage(stage: string, sender: string): Promise<() => Promise<void>> {
  const [kms, ses, sqs, ask] = [new KMSClient({}), new SESv2Client({}), new SQSClient({}), awsRequests()];
  const alias = { KeyId: `alias/identity-${stage}/active` };
  const { KeyMetadata: { KeyId } = {} } = await kms.send(new DescribeKeyCommand(alias));
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
  const QueueName = `identity-${stage}-send-email-failed`;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
  await ses.send(new DeleteEmailIdentityCommand({ EmailIdentity: sender.split('@')[1] }));
  // This repo has no other use for the SDKs of these two.
  const setAlarm = (StateValue: string) =>
    ask({
      service: 'monitoring',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        Action: 'SetAlarmState',
        Version: '2010-08-01',
        AlarmName: `identity-${stage}-lockouts`,
        StateValue,
        StateReason: 'a test',
      }).toString(),
    });
  const concurrency = { service: 'lambda', path: `/2017-10-31/functions/identity-${stage}-sweep/concurrency` } as const;
  await setAlarm('ALARM');
  await ask({ ...concurrency, method: 'PUT', body: JSON.stringify({ ReservedConcurrentExecutions: 0 }) });
  return async () => {
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    await kms.send(new EnableKeyCommand({ KeyId }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await verifyDomain(sender);
    await setAlarm('OK');
    await ask({ ...concurrency, method: 'DELETE' });
  };
}
