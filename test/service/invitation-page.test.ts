/** /accept-invitation: whoever has the invited address accepts it there, signed in or after signing in or up. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { linkIn, newestMail } from '../support/mailbox.ts';
import { invite, newOrganization } from '../support/organizations.ts';
import { follow, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let owner: Person;
let org: string;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  owner = await registerAndLogin(service);
  org = await newOrganization(service, owner, 'Oak School');
});
afterAll(() => service.stop());
beforeEach(() => {
  browser = visitor(service);
});

/** The page behind the newest invitation of an address. */
async function invitationFor(email: string): Promise<string> {
  await invite(service, owner, org, email, ['teacher']);
  const { pathname, search } = linkIn(await newestMail(service, email, 'invitation'));
  return `${pathname}${search}`;
}
const rolesOf = async (email: string) =>
  (
    await service.sql(
      'select m.roles from memberships m join users u using (user_id) where u.email = $1 and m.org_id = $2',
      [email, org],
    )
  )[0]?.roles;
const hrefOf = (page: string, id: string) =>
  new RegExp(`href="([^"]*)" id="${id}"`).exec(page)?.[1]?.replaceAll('&amp;', '&').replace(service.url, '') ?? '';

it('is accepted by whoever is signed in with the address, which it proves', async () => {
  const guest = await registerAndLogin(service);
  const page = await invitationFor(guest.email);
  await signInAt(browser, guest);
  await browser.open(page);
  expect(browser.heading()).toBe('Join Oak School?');
  expect(await rolesOf(guest.email)).toBeUndefined();
  const answer = await browser.submit({});
  expect([answer.status, browser.heading()]).toEqual([200, 'You belong to Oak School now']);
  expect(await rolesOf(guest.email)).toEqual(['teacher']);
  expect((await browser.open(page)).body).toContain('does not work any more');
});

it('leads through sign-in, and back', async () => {
  const guest = await registerAndLogin(service);
  const page = await browser.open(await invitationFor(guest.email));
  await browser.open(hrefOf(page.body, 'sign_in'));
  await browser.submit({ email: guest.email, password: guest.password });
  await follow(browser);
  expect(browser.heading()).toBe('Join Oak School?');
});

it('leads through sign-up, and back', async () => {
  const email = newEmail();
  const page = await browser.open(await invitationFor(email));
  await browser.open(hrefOf(page.body, 'sign_up'));
  await browser.submit({ email, password: 'correct horse battery staple' });
  await browser.open(browser.location());
  const mail = await newestMail(service, email, 'verify_email');
  await browser.submit({ code: /^\d{6}$/m.exec(mail.Body?.text_part ?? '')?.[0] ?? '' });
  await follow(browser);
  await browser.submit({});
  expect(await rolesOf(email)).toEqual(['teacher']);
});

it('S79: is not accepted by another account, nor by a form of another site', async () => {
  const guest = await registerAndLogin(service);
  const page = await invitationFor(guest.email);
  await signInAt(browser, guest);
  await browser.open(page);
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await browser.submit({}, foreign)).status).toBe(403);
  await browser.open(page);
  await signInAt(browser, owner);
  const shown = await browser.open(page);
  expect(shown.body).toContain(owner.email);
  expect(hrefOf(shown.body, 'sign_in')).toContain('other=true');
  expect(await rolesOf(guest.email)).toBeUndefined();
});

it('says that a link is none, and what to do', async () => {
  expect((await browser.open('/accept-invitation?token=garbage')).body).toContain('does not work any more');
});
