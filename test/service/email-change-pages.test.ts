/** The pages of a change of address, as a browser without a script sends them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asked, provedPerson } from '../support/email-changes.ts';
import { linkIn, mailedToken, newestMail } from '../support/mailbox.ts';
import { visitor } from '../support/page-visitor.ts';
import { newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

const emailOf = async (userId: string) =>
  (await service.sql('select email from users where user_id = $1', [userId]))[0]?.email;
const sendForm = (path: string, fields: Record<string, string>) =>
  service.send('POST', path, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    'sec-fetch-site': 'same-origin',
  });

it('S57: are opened without changing anything, confirm by the one, and undo by the other', async () => {
  const person = await provedPerson(service);
  const { to, link, undoLink } = await asked(service, person);
  const { pathname } = linkIn(await newestMail(service, to, 'change_email'));
  expect(pathname).toBe('/change-email');
  for (const path of [`/change-email?token=${link}`, `/undo-email?token=${undoLink}&lang=sv`]) {
    expect((await service.get(path)).status).toBe(200);
  }
  expect(await emailOf(person.userId)).toBe(person.email);
  const confirmed = await sendForm('/change-email', { token: link, answer: 'mine' });
  expect(confirmed.status).toBe(200);
  expect(confirmed.headers.get('set-cookie')).toContain('device-');
  expect(await emailOf(person.userId)).toBe(to);
  expect((await sendForm('/undo-email', { token: undoLink })).status).toBe(200);
  expect(await emailOf(person.userId)).toBe(person.email);
});

it('leaves the account as it is for who says that it was somebody else', async () => {
  const person = await provedPerson(service);
  const { link } = await asked(service, person);
  expect((await sendForm('/change-email', { token: link, answer: 'not_mine' })).status).toBe(200);
  expect((await sendForm('/change-email', { token: link, answer: 'mine' })).status).toBe(400);
  expect(await emailOf(person.userId)).toBe(person.email);
});

it('send another mail to who has lost the one that proves the address', async () => {
  const person = await registerAndLogin(service);
  const visit = visitor(service);
  await visit.open('/sign-in');
  await visit.submit({ email: person.email, password: person.password });
  const before = await mailedToken(service, person.email, 'verify_email');
  await visit.open('/account/email');
  await visit.submit({ action: 'again' });
  const after = await mailedToken(service, person.email, 'verify_email');
  expect(after).not.toBe(before);
  expect((await service.post('/v1/auth/verify-email', { token: after })).status).toBe(200);
});

it('S85: ask at the account for another address, which the same browser keeps its session through', async () => {
  const person = await provedPerson(service);
  const visit = visitor(service);
  await visit.open('/sign-in');
  await visit.submit({ email: person.email, password: person.password });
  // As a `username`, a password manager would fill in the address that there is.
  expect((await visit.open('/account/email')).body).toMatch(/id="email"[^>]* autocomplete="email"/);
  const to = newEmail();
  await visit.submit({ email: to, action: 'ask' });
  const token = await mailedToken(service, to, 'change_email');
  expect((await sendForm('/change-email', { token, answer: 'mine' })).status).toBe(200);
  const page = await visit.open('/account/email');
  expect(page.status).toBe(200);
  expect(JSON.stringify(page.body ?? page)).toContain(to);
});
