/** Events that can never be handled: refused once, counted, kept, and no obstacle to others (S63). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handIn, MAIL_REQUESTED, messageOf, notice, putEvent } from '../support/bus.ts';
import { expectNothing } from '../support/expect-nothing.ts';
import { deliverMail, mailTo } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const STRANGER = 'huleedu.billing';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
  await deliverMail(service);
});
afterAll(() => service.stop());

const counted = () => service.logs().filter(({ line }) => line.includes('"EventsRefused":1'));

describe('S63: an event that can never be handled', () => {
  const good = () => {
    const to = newEmail();
    const data = notice(to, 'notification', { subject: 'Hello', body: 'There.' });
    return { to, body: messageOf({ source: STRANGER, topic: MAIL_REQUESTED, data }) };
  };

  it.each([
    ['has no address', { to: undefined }],
    ['has an unknown category', { category: 'spam' }],
    ['has a number instead of a text', { variables: { subject: 7 } }],
    ['has no template', { template_id: undefined }],
    ['has a list as its data', []],
    ['has U+0000 in the id that its outcome would repeat', { message_id: 'a\0b' }],
    ['has half a pair in that id', { message_id: 'a\ud800' }],
    ['has an id that no event of ours could repeat', { message_id: 'm'.repeat(1001) }],
    ['has U+0000 in its address', { to: 'a\0b@example.com' }],
  ])('is refused once, counted and kept as it came, when it %s', async (_, over) => {
    const secret = `${crypto.randomUUID()}@example.com`;
    const data = Array.isArray(over) ? [secret] : { ...notice(secret, 'notification'), ...over };
    const [kept, counts] = [service.queues.messages().length, counted().length];
    await expectNothing(service, () => putEvent(service, { source: STRANGER, topic: MAIL_REQUESTED, data }));
    const [message, ...more] = service.queues.messages().slice(kept);
    expect(more).toEqual([]);
    expect(message?.queueUrl).toContain('identity-local-send-email-failed');
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ source: STRANGER, detail: { event_type: MAIL_REQUESTED } });
    expect(counted().length).toBe(counts + 1);
    expect(service.logs().filter(({ line }) => line.includes(secret))).toEqual([]);
  });

  it.each(['', 'no JSON', '[]', '{}', '{"source":"x"}'])('is refused and kept when its message is %j', async (body) => {
    const kept = service.queues.messages().length;
    await expectNothing(service, () => handIn(service, body || ' '));
    expect(service.queues.messages().length).toBe(kept + 1);
  });

  it('holds back no other of its batch', async () => {
    const [first, last] = [good(), good()];
    const answer = await handIn(service, first.body, 'no JSON', last.body);
    expect(answer).toEqual({ ok: true, result: { batchItemFailures: [] } });
    expect([...mailTo(service, first.to), ...mailTo(service, last.to)]).toHaveLength(2);
  });

  it('with a temporary fault is the only one of its batch to come again', async () => {
    const [first, last] = [good(), good()];
    service.endpoint.faults.order({
      service: 'sesv2',
      operation: 'SendEmail',
      times: 3,
      error: { code: 'TooManyRequestsException', status: 429 },
    });
    const answer = await handIn(service, first.body, last.body);
    expect(answer).toEqual({ ok: true, result: { batchItemFailures: [{ itemIdentifier: '0' }] } });
    expect([mailTo(service, first.to).length, mailTo(service, last.to).length]).toEqual([0, 1]);
  });

  it('comes again if it could not be kept', async () => {
    service.endpoint.faults.order({
      service: 'sqs',
      operation: 'SendMessage',
      times: 3,
      error: { code: 'InternalFailure', status: 500 },
    });
    expect(await handIn(service, 'no JSON')).toMatchObject({ ok: false });
  });
});
