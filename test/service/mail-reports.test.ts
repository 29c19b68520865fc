/** Several reports of one mail, and what an administrator sees of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIL_REQUESTED, notice, putEvent } from '../support/bus.ts';
import { bounce, complainAbout, simulated } from '../support/mail-feedback.ts';
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

/** Another service mails the address. @returns whether SES got it */
async function notify(to: string): Promise<boolean> {
  const before = mailTo(service, to).length;
  const data = notice(to, 'notification', { subject: 'Your receipt', body: 'Thank you.' });
  await putEvent(service, { source: 'huleedu.billing', topic: MAIL_REQUESTED, data });
  return mailTo(service, to).length > before;
}

const person = async (email = newEmail()): Promise<Person> => {
  const registered = await registerAndLogin(service, { email });
  await deliverMail(service);
  return registered;
};

describe('one mail', () => {
  it('that came back from a full mailbox and then bounced, or was complained about and then bounced, is stopped', async () => {
    const [full, spam] = [newEmail(), newEmail()];
    for (const to of [full, spam]) expect(await notify(to)).toBe(true);
    const [returned, reported] = [
      await newestMail(service, full, 'notification'),
      await newestMail(service, spam, 'notification'),
    ];
    const before = (await service.outbox('huleedu.email.delivery_failed.v1')).length;
    await bounce(service, returned, 'Transient', 'MailboxFull');
    await bounce(service, returned);
    await complainAbout(service, reported);
    await bounce(service, reported);
    // Each mail failed once.
    expect(await service.outbox('huleedu.email.delivery_failed.v1')).toHaveLength(before + 2);
    expect(await notify(full)).toBe(false);
    await person(spam);
    expect(mailTo(service, spam)).toHaveLength(1);
  });

  it('stops mail by each report once: a copy that comes late stops nobody who proved the address since', async () => {
    const { email } = await person();
    const mail = await newestMail(service, email, 'verify_email');
    const token = await mailedToken(service, email, 'verify_email');
    await bounce(service, mail);
    await service.post('/v1/auth/verify-email', { token });
    await bounce(service, mail);
    await complainAbout(service, mail);
    expect(await notify(email)).toBe(true);
  });
});

describe('an administrator', () => {
  it('sees why somebody gets no mail, and that an unlock ends it', async () => {
    const admin = await makeAdmin(service, await registerAndLogin(service));
    const stopped = async ({ userId, email }: Person) => {
      const { body } = await service.get(`/v1/admin/users/${userId}`, admin.bearer);
      const found = await service.get(`/v1/admin/users?email=${encodeURIComponent(email)}`, admin.bearer);
      expect(found.body.users).toEqual([body]);
      return body.mail_stopped;
    };
    const [bounced, complaining, unharmed] = [await person(simulated('bounce')), await person(), await person()];
    expect(await notify(complaining.email)).toBe(true);
    await complainAbout(service, await newestMail(service, complaining.email, 'notification'));
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(await stopped(bounced)).toEqual({ reason: 'bounce', links_too: true, since });
    expect(await stopped(complaining)).toEqual({ reason: 'complaint', links_too: false, since });
    expect(await stopped(unharmed)).toBeNull();
    // The other one was hashed by a key that has been replaced since.
    await service.sql(`update suppressed_addresses set address_key = 'another hash' where user_id = $1`, [
      complaining.userId,
    ]);
    for (const one of [bounced, complaining]) {
      await service.post(`/v1/admin/users/${one.userId}/unlock`, undefined, admin.bearer);
      expect(await stopped(one)).toBeNull();
    }
  });
});
