import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIL_REQUESTED, putEvent } from '../support/bus.ts';
import { mailTo, newestMail } from '../support/mailbox.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service?.stop());

const ask = (over: object = {}) => ({
  message_id: crypto.randomUUID(),
  template_id: 'notification',
  to: newEmail(),
  variables: { subject: 'Your receipt', body: 'Thank you.' },
  category: 'receipt',
  correlation_id: crypto.randomUUID(),
  ...over,
});

/** The event as another service would put it on the bus, as often as it likes. */
const publish = (data: ReturnType<typeof ask>, eventId: string = crypto.randomUUID()) =>
  putEvent(service, {
    source: 'huleedu.billing',
    topic: MAIL_REQUESTED,
    data,
    eventId,
    over: { correlation_id: data.correlation_id },
  });

const outcomes = async (topic: 'sent' | 'delivery_failed', messageId: string) =>
  (await service.outbox(`huleedu.email.${topic}.v1`)).filter(({ message_id }) => message_id === messageId);
const order = (code: string, more: object = {}) =>
  service.endpoint.faults.order({ service: 'sesv2', operation: 'SendEmail', error: { code }, ...more });

describe('a mail that another service asks for', () => {
  it('is sent and announced', async () => {
    const request = ask();
    await publish(request);
    expect(mailTo(service, request.to).map(({ Subject }) => Subject)).toEqual(['Your receipt']);
    expect(await outcomes('sent', request.message_id)).toEqual([
      {
        message_id: request.message_id,
        provider: 'ses',
        sent_at: expect.any(String),
        correlation_id: request.correlation_id,
      },
    ]);
  });

  it('is sent once, however often it is delivered and however often it is requested with one message id', async () => {
    const request = ask();
    const eventId = crypto.randomUUID();
    await Promise.all(Array.from({ length: 5 }, () => publish(request, eventId)));
    await publish(request);
    expect(mailTo(service, request.to)).toHaveLength(1);
    expect(await outcomes('sent', request.message_id)).toHaveLength(1);
  });

  it('is sent once if SES is busy at first', async () => {
    const request = ask();
    // Three tries of the SDK fail in the first delivery; the second delivery succeeds.
    order('TooManyRequestsException', { times: 3, error: { code: 'TooManyRequestsException', status: 429 } });
    await publish(request);
    expect(mailTo(service, request.to)).toHaveLength(1);
    expect(await outcomes('sent', request.message_id)).toHaveLength(1);
  });

  it('S36: leaves no address in the logs when SES names it in an error', async () => {
    const request = ask();
    const message = `not authorized to perform ses:SendEmail on identity/${request.to}`;
    order('AccessDeniedException', { error: { code: 'AccessDeniedException', status: 403, message } });
    await publish(request);
    expect(mailTo(service, request.to)).toHaveLength(1);
    const lines = service.logs().map(({ line }) => line);
    expect(lines.filter((line) => line.includes('mail not sent'))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(request.to))).toEqual([]);
  });

  it.each(['MessageRejected', 'BadRequestException'])(
    'is not retried after %s, which is of the message or its recipient, and its failure is announced',
    async (code) => {
      const request = ask();
      order(code);
      service.endpoint.resetCalls();
      await publish(request);
      expect(service.endpoint.calls()['sesv2.SendEmail']).toBe(1);
      expect(mailTo(service, request.to)).toEqual([]);
      expect(await outcomes('delivery_failed', request.message_id)).toMatchObject([{ provider: 'ses', reason: code }]);
    },
  );

  it.each([
    [
      'MessageRejected',
      'Email address is not verified. The following identities failed the check in region EU-NORTH-1',
    ],
    ['MessageRejected', 'Account is paused. This account is temporarily suspended.'],
    ['MailFromDomainNotVerifiedException'],
    ['AccountSuspendedException'],
    ['SendingPausedException'],
    ['LimitExceededException'],
    ['TooManyRequestsException', 'Daily message quota exceeded'],
    ['ThrottlingException', 'Daily message quota exceeded'],
    ['NotFoundException', 'Configuration set <identity-local> does not exist.'],
    ['AccessDeniedException'],
  ])(
    'waits while SES takes no mail of the sender, which is counted for an alarm (%s %s)',
    async (code, message = '') => {
      const request = ask();
      // As often as the SDK tries what it holds to be throttling; others meet only the first.
      order(code, { times: 3, error: { code, message } });
      const counted = () => service.logs().filter(({ line }) => line.includes('"MailStopped":1')).length;
      const before = counted();
      await publish(request);
      service.endpoint.faults.clear();
      expect(counted()).toBeGreaterThan(before);
      expect(await outcomes('delivery_failed', request.message_id)).toEqual([]);
      expect(await outcomes('sent', request.message_id)).toHaveLength(1);
      expect(mailTo(service, request.to)).toHaveLength(1);
    },
  );

  it('is not counted as stopped when SES is only busy', async () => {
    const request = ask();
    const error = { code: 'TooManyRequestsException', message: 'Maximum sending rate exceeded', status: 429 };
    order(error.code, { times: 3, error });
    const counted = () => service.logs().filter(({ line }) => line.includes('"MailStopped":1')).length;
    const before = counted();
    await publish(request);
    expect(mailTo(service, request.to)).toHaveLength(1);
    expect(counted()).toBe(before);
  });

  it.each([
    ['an unknown template', { template_id: 'newsletter' }, 'template_unknown'],
    ['a missing variable', { variables: { subject: 'x' } }, 'variable_missing'],
  ])('fails for good with %s', async (_, over, reason) => {
    const request = ask(over);
    await publish(request);
    expect(await outcomes('delivery_failed', request.message_id)).toMatchObject([{ reason }]);
  });

  it.each(['a@example.com, b@example.com', 'a@example.com\r\nBcc: b@example.com', '<a@example.com>', 'nobody'])(
    'S62: is mailed to one address or none (%j)',
    async (to) => {
      const request = ask({ to });
      const before = service.ses.messages().length;
      await publish(request);
      expect(service.ses.messages().length).toBe(before);
      expect(await outcomes('delivery_failed', request.message_id)).toMatchObject([{ reason: 'address_invalid' }]);
    },
  );

  it('S62: leads to an allowed host, as its URL is parsed, or is not sent', async () => {
    const linking = (action_url: string) =>
      ask({ variables: { subject: 's', body: 'b', action_label: 'Open', action_url } });
    const evil = linking('https://brand.example@evil.example/');
    await publish(evil);
    expect(await outcomes('delivery_failed', evil.message_id)).toMatchObject([{ reason: 'action_url_not_allowed' }]);
    // The service's own host, over http as it is on this machine.
    const own = linking(`${service.url}\\a b`);
    await publish(own);
    const [mail] = mailTo(service, own.to);
    expect(mail?.Body?.html_part).toContain(`href="${service.url}/a%20b"`);
    expect(mail?.Body?.text_part).toContain(`${service.url}/a%20b`);
  });

  it('S62: is refused at once over the limit of its service, which gets an event', async () => {
    const two = { limit: 2, windowSeconds: 3600 };
    const limited = await startService({
      settings: {
        rateLimiting: 'on',
        rateLimits: { mailRequestsPerSource: two, mailRequestsInAll: { ...two, limit: 4 } },
      },
    });
    try {
      const sent = async (source: string, times: number) => {
        const requests = Array.from({ length: times }, () => ask());
        for (const data of requests) await putEvent(limited, { source, topic: MAIL_REQUESTED, data });
        return requests.filter(({ to }) => mailTo(limited, to).length === 1).length;
      };
      // A copy of a request does not count, and neither does a second try of SES.
      const copied = ask();
      const event = { source: 'huleedu.essays', topic: MAIL_REQUESTED, data: copied };
      limited.endpoint.faults.order({
        service: 'sesv2',
        operation: 'SendEmail',
        times: 3,
        error: { code: 'TooManyRequestsException', status: 429 },
      });
      await putEvent(limited, event);
      await putEvent(limited, event);
      expect(mailTo(limited, copied.to)).toHaveLength(1);
      expect(await sent('huleedu.essays', 3)).toBe(1);
      // Its refused requests do not count for the others; and all sources together have one limit, however many.
      const others = ['huleedu.a', 'huleedu.b', 'huleedu.c', 'huleedu.d'];
      const each: number[] = [];
      for (const source of others) each.push(await sent(source, 1));
      expect(each).toEqual([1, 1, 0, 0]);
      const failures = await limited.outbox('huleedu.email.delivery_failed.v1');
      expect(failures.map(({ reason }) => reason)).toEqual(Array(4).fill('rate_limited'));
      expect(limited.logs().filter(({ line }) => line.includes('"MailRequestsLimited":1'))).toHaveLength(4);
      // This service's own mails do not count.
      const { email } = await registerAndLogin(limited);
      await newestMail(limited, email, 'verify_email');
    } finally {
      await limited.stop();
    }
  });

  it('is in the language of the address’s account', async () => {
    const { email } = await registerAndLogin(service, { locale: 'sv-FI' });
    await publish(ask({ to: email }));
    expect((await newestMail(service, email, 'notification')).Body?.html_part).toContain('<html lang="sv">');
  });
});
