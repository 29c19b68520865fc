/** SES out of order for days: an outage costs a mail nothing but time, as long as the mail is of use. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { patience } from '../../functions/domain/patience.ts';
import { handInAfter, MAIL_REQUESTED, messageOf, notice } from '../support/bus.ts';
import { deliverMail, mailTo } from '../support/mailbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(() => {
  service.endpoint.faults.clear();
  service.setClockOffset(0);
  service.queues.clear();
});

const outages = {
  'SES fails': { service: 'sesv2', operation: 'SendEmail', error: { code: 'InternalFailure', status: 500 } },
  'SES paused the account': { service: 'sesv2', operation: 'SendEmail', error: { code: 'SendingPausedException' } },
  'the database may not be called': {
    service: 'rds-data',
    operation: 'ExecuteStatement',
    error: { code: 'AccessDeniedException', status: 403 },
  },
} as const;
const begin = (outage: keyof typeof outages) => service.endpoint.faults.order({ ...outages[outage], times: null });

function request() {
  const to = newEmail();
  const data = notice(to, 'notification', { subject: 'Hello', body: 'There.' });
  return { to, body: messageOf({ source: 'huleedu.billing', topic: MAIL_REQUESTED, data }) };
}

describe.each(Object.keys(outages) as (keyof typeof outages)[])('while %s', (outage) => {
  it('S63: a mail comes again ever more seldom, for days, and is sent in the end', async () => {
    const { to, body } = request();
    begin(outage);
    for (const waited of [0, HOUR, 12 * HOUR, 2 * DAY])
      expect((await handInAfter(service, waited, body)).ok).toBe(false);
    expect(service.queues.pauses()).toEqual(
      [HOUR / 8, HOUR / 2, HOUR / 2].map((seconds) => ({
        queueUrl: expect.stringMatching(/\/000000000000\/mails$/),
        receiptHandle: 'receipt-0',
        seconds,
      })),
    );
    service.endpoint.faults.clear();
    expect(await handInAfter(service, 2 * DAY, body)).toEqual({ ok: true, result: { batchItemFailures: [] } });
    expect(mailTo(service, to)).toHaveLength(1);
    expect(service.queues.messages()).toEqual([]);
  });

  it('S63: a mail is a dead letter in the end, as it came', async () => {
    const { body } = request();
    begin(outage);
    const answer = await handInAfter(service, patience.most + 60, body);
    expect(answer).toEqual({ ok: true, result: { batchItemFailures: [] } });
    expect(service.queues.messages()).toMatchObject([{ body }]);
    expect(service.queues.messages()[0]?.queueUrl).toContain('identity-local-send-email-failed');
  });

  it('S63: a mail comes again even if it can be neither put off nor kept', async () => {
    const { body } = request();
    begin(outage);
    service.endpoint.faults.order({ service: 'sqs', operation: '*', times: null, drop: true });
    expect((await handInAfter(service, HOUR, body)).ok).toBe(false);
    expect((await handInAfter(service, patience.most + 60, body)).ok).toBe(false);
  });
});

it('S27: a link that ends while SES is out of order is mailed no more, which is counted and announced', async () => {
  const { email } = await registerAndLogin(service);
  await deliverMail(service);
  await service.post('/v1/auth/request-password-reset', { email });
  begin('SES paused the account');
  service.setClockOffset(2 * HOUR);
  const mails = mailTo(service, email).length;
  await deliverMail(service);
  const failed = await service.outbox('huleedu.email.delivery_failed.v1');
  expect(failed.map(({ reason }) => reason)).toContain('link_expired');
  expect(mailTo(service, email)).toHaveLength(mails);
  expect(service.logs().some(({ line }) => line.includes('"MailsTooLate":1'))).toBe(true);
});
