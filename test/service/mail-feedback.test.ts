/** Bounces and complaints, from the mailbox simulator through the default bus to the outbox and to further mail. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIL_REQUESTED, notice, putEvent } from '../support/bus.ts';
import { about, bounce, complainAbout, report, simulated } from '../support/mail-feedback.ts';
import { deliverMail, mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { makeAdmin } from '../support/organizations.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service?.stop());

const subject = { subject: 'Your receipt', body: 'Thank you.' };
/** Another service mails the address. @returns what came of it */
async function notify(to: string): Promise<'sent' | string[]> {
  const data = notice(to, 'notification', subject);
  await putEvent(service, { source: 'huleedu.billing', topic: MAIL_REQUESTED, data });
  const failures = await failuresOf(data.message_id);
  return failures.length === 0 ? 'sent' : failures;
}
const failuresOf = async (messageId: string): Promise<string[]> =>
  (await service.outbox('huleedu.email.delivery_failed.v1'))
    .filter(({ message_id }) => message_id === messageId)
    .map(({ reason }) => reason as string);

/** Somebody asks for a link. @returns whether a mail came */
async function reset(email: string): Promise<boolean> {
  const before = mailTo(service, email).length;
  expect((await service.post('/v1/auth/request-password-reset', { email })).status).toBe(202);
  await deliverMail(service);
  return mailTo(service, email).length > before;
}

const person = async (email = newEmail()): Promise<Person> => {
  const registered = await registerAndLogin(service, { email });
  await deliverMail(service);
  return registered;
};

describe('a mail that bounces', () => {
  it('is announced once, under its message id and the request’s correlation id, and ends mail to its address', async () => {
    const to = simulated('bounce');
    const data = notice(to, 'notification', subject);
    const over = { correlation_id: data.correlation_id };
    await putEvent(service, { source: 'huleedu.billing', topic: MAIL_REQUESTED, data, over });
    const announced = async () =>
      (await service.outbox('huleedu.email.delivery_failed.v1')).filter(
        ({ message_id }) => message_id === data.message_id,
      );
    const once = [
      {
        message_id: data.message_id,
        provider: 'ses',
        reason: 'bounced',
        failed_at: expect.any(String),
        correlation_id: data.correlation_id,
      },
    ];
    expect(await announced()).toEqual(once);
    const [mail] = mailTo(service, to);
    if (!mail) throw new Error('SES got no mail');
    await bounce(service, mail);
    await complainAbout(service, mail);
    expect(await announced()).toEqual(once);
    expect(await notify(to)).toEqual(['address_suppressed']);
    expect(mailTo(service, to)).toHaveLength(1);
  });

  it('is announced once by two reports at once, and by one whose answer from the database is lost', async () => {
    const [one, other] = [newEmail(), newEmail()];
    for (const to of [one, other]) expect(await notify(to)).toBe('sent');
    const [first, second] = [
      await newestMail(service, one, 'notification'),
      await newestMail(service, other, 'notification'),
    ];
    const before = (await service.outbox('huleedu.email.delivery_failed.v1')).length;
    await Promise.all([bounce(service, first), bounce(service, first), complainAbout(service, first)]);
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    await bounce(service, second);
    expect(service.endpoint.faults.list()).toEqual([]);
    expect(await service.outbox('huleedu.email.delivery_failed.v1')).toHaveLength(before + 2);
    for (const to of [one, other]) expect(await notify(to)).toEqual(['address_suppressed']);
  });

  it('keeps back links too, until a link from before proves the address', async () => {
    const { email } = await person(simulated('bounce'));
    const token = await mailedToken(service, email, 'verify_email');
    expect(await reset(email)).toBe(false);
    expect(await notify(email)).toEqual(['address_suppressed']);
    expect((await service.post('/v1/auth/verify-email', { token })).status).toBe(200);
    expect(await notify(email)).not.toEqual(['address_suppressed']);
  });

  it.each(['reset_password', 'verify_email'])('lets mail through again by a link %s', async (template) => {
    const { email } = await person();
    await reset(email);
    const token = await mailedToken(service, email, template);
    await bounce(service, await newestMail(service, email, 'verify_email'));
    expect(await notify(email)).toEqual(['address_suppressed']);
    const { status } =
      template === 'reset_password'
        ? await service.post('/v1/auth/reset-password', { token, new_password: 'a quite different passphrase' })
        : await service.post('/v1/auth/verify-email', { token });
    expect(status).toBe(200);
    expect(await notify(email)).toBe('sent');
  });

  it('is only announced when the mailbox was full, and means nothing when the mailbox answers by itself', async () => {
    const [full, away] = [simulated('full'), simulated('ooto')];
    expect(await notify(full)).toEqual(['returned']);
    expect(await notify(full)).toEqual(['returned']);
    expect(await notify(away)).toBe('sent');
    expect(await notify(away)).toBe('sent');
  });

  it('is in the audit log of the account, for whoever helps its owner', async () => {
    const { userId } = await person(simulated('bounce'));
    const entries = await service.sql(
      `select detail, ip_address from audit_log where action = 'mail.stopped' and user_id = $1`,
      [userId],
    );
    expect(entries).toEqual([{ detail: { reason: 'bounced' }, ip_address: null }]);
  });
});

describe('a complaint', () => {
  it('about a notice stops notices, and leaves the links that people ask for; such a link ends it', async () => {
    const { email } = await person();
    expect(await notify(email)).toBe('sent');
    await complainAbout(service, await newestMail(service, email, 'notification'));
    expect(await notify(email)).toEqual(['address_suppressed']);
    expect(await reset(email)).toBe(true);
    const token = await mailedToken(service, email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token });
    expect(await notify(email)).toBe('sent');
  });

  it('about a link that somebody else asked for stops links too, until an administrator unlocks the account', async () => {
    const { email, userId } = await person();
    expect(await reset(email)).toBe(true);
    await complainAbout(service, await newestMail(service, email, 'reset_password'));
    expect(await reset(email)).toBe(false);
    const admin = await makeAdmin(service, await registerAndLogin(service));
    expect((await service.post(`/v1/admin/users/${userId}/unlock`, undefined, admin.bearer)).status).toBe(200);
    expect(await reset(email)).toBe(true);
  });

  it('holds for an address that has an account only later', async () => {
    const email = newEmail();
    await notify(email);
    await complainAbout(service, await newestMail(service, email, 'notification'));
    await person(email);
    expect(await notify(email)).toEqual(['address_suppressed']);
    const token = await mailedToken(service, email, 'verify_email');
    await service.post('/v1/auth/verify-email', { token });
    expect(await notify(email)).toBe('sent');
  });
});

describe('what is kept', () => {
  it('S36: names no address, and is swept after its time', async () => {
    const { email } = await person(simulated('complaint'));
    const held = async () => {
      const mails = await service.sql('select to_jsonb(m)::text as row from mails m');
      const stopped = await service.sql('select to_jsonb(s)::text as row from suppressed_addresses s');
      return { mails: mails.map(({ row }) => row), stopped: stopped.map(({ row }) => row) };
    };
    const { mails, stopped } = await held();
    expect([mails.length > 0, stopped.length > 0]).toEqual([true, true]);
    expect([...mails, ...stopped].filter((row) => row.includes('@'))).toEqual([]);
    const lines = service.logs().map(({ line }) => line);
    expect(lines.filter((line) => line.includes('mail failed'))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(email))).toEqual([]);
    const DAY = 24 * 60 * 60;
    await service.sql(`update mails set sent_at = now() - interval '61 days'`);
    await service.sql(`update suppressed_addresses set suppressed_at = now() - interval '364 days'`);
    expect(await service.runJob('sweep')).toMatchObject({ mails: mails.length, suppressed_addresses: 0 });
    service.setClockOffset(2 * DAY);
    expect(await service.runJob('sweep')).toMatchObject({ suppressed_addresses: stopped.length });
    service.setClockOffset(0);
  });
});

describe('S61: a report that is not SES’s', () => {
  it('is refused by the bus, whatever bus it is for', async () => {
    const client = new EventBridgeClient({
      endpoint: service.awsUrl,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { email } = await person();
    const Detail = JSON.stringify({ ...about(await newestMail(service, email, 'verify_email')), complaint: {} });
    const entry = { Source: 'aws.ses', DetailType: 'Email Complaint Received', Detail };
    const { Entries } = await client.send(
      new PutEventsCommand({ Entries: [entry, { ...entry, EventBusName: 'identity-local' }] }),
    );
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(Array(2).fill('NotAuthorizedForSourceException'));
  });

  it('changes nothing when no mail of this service has its id, or another stage sent it', async () => {
    const { email } = await person();
    const mail = await newestMail(service, email, 'verify_email');
    const unknown = { mail: [crypto.randomUUID()], correlation: [crypto.randomUUID()] };
    const tags = (over: object) => ({ mail: { tags: { ...about(mail).mail.tags, ...over } }, complaint: {} });
    await report(service, 'Email Complaint Received', tags(unknown));
    await report(service, 'Email Complaint Received', tags({ mail: [] }));
    await report(service, 'Email Complaint Received', tags({ 'ses:configuration-set': ['identity-other'] }));
    expect(await notify(email)).toBe('sent');
  });

  it('S63: is kept for a person when it cannot be read', async () => {
    const before = service.queues.messages().length;
    const tags = { 'ses:configuration-set': ['identity-local'] };
    await report(service, 'Email Bounced', { mail: { tags }, bounce: { bounceType: 7 } });
    const kept = service.queues.messages().slice(before);
    expect(kept).toHaveLength(1);
    expect(service.events.deadLetters()).toEqual([]);
  });
});
