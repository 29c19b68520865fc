/** /second-factor where the stage takes mailed codes: the button, the code, and the session that it raises. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { deliverMail, mailedCode, mailTo } from '../support/mailbox.ts';
import { otherThan } from '../support/mailed-logins.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { newOrganization, proveAddress } from '../support/organizations.ts';
import { follow, sessionIdOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_2 = 'urn:identity:acr:2';
const AMR = ['pwd', 'email', 'mfa'];

let main: Service;
let service: Service;
let person: Person;
let org: string;
let browser: Visitor;
const codeOf = () => mailedCode(service, person.email, 'second_factor');
const mails = async () => {
  await deliverMail(service);
  return mailTo(service, person.email).filter(({ Tags }) => Tags?.some(({ Value }) => Value === 'second_factor'));
};
beforeAll(async () => {
  main = await sharedService({ mailAsSecondFactor: 'level2', emailLogin: 'on' });
});
afterAll(() => main.stop());
beforeEach(async () => {
  service = main;
  browser = visitor(service);
  person = await registerAndLogin(service);
  await proveAddress(service, person);
  org = await newOrganization(service, person);
  await service.sql('update organizations set level_2_from = now() where org_id = $1', [org]);
});

const amrOf = async () =>
  (await service.sql('select amr from sessions where session_id = $1', [sessionIdOf(browser)]))[0]?.amr;

it('mails the code when it is asked to, and signs in by it', async () => {
  await signInAt(browser, person);
  await browser.open(browser.location());
  expect(browser.heading()).toBe('Confirm by e-mail');
  expect(await mails()).toHaveLength(0);
  const asked = await browser.submit({ mail: 'true' });
  expect([asked.status, String(asked.body).includes('id="code"')]).toEqual([200, true]);
  const code = await codeOf();
  const wrong = await browser.submit({ code: otherThan(code) });
  expect([wrong.status, String(wrong.body).includes('no longer works')]).toEqual([401, true]);
  expect((await browser.submit({ code })).status).toBe(303);
  expect(await amrOf()).toEqual(AMR);
  expect((await browser.open('/account/profile')).status).toBe(200);
});

it('S83: is of the browser that asked', async () => {
  await signInAt(browser, person);
  await browser.open(browser.location());
  await browser.submit({ mail: 'true' });
  const code = await codeOf();
  const other = visitor(service);
  other.cookies.set('pending', browser.cookies.get('pending') ?? '');
  await other.open('/second-factor?method=email');
  expect(other.heading()).toBe('This took too long');
  expect((await browser.submit({ code })).status).toBe(303);
});

it('raises a session that an hour without use has lowered: for a client, and for the account’s pages', async () => {
  const client = await newClient(service, 'public', { first_party: true });
  await signInAt(browser, person);
  await browser.open(browser.location());
  await browser.submit({ mail: 'true' });
  await browser.submit({ code: await codeOf() });
  const lower = () =>
    service.sql(`update sessions set level_until = now() - interval '1 minute' where session_id = $1`, [
      sessionIdOf(browser),
    ]);
  await lower();
  await browser.open(`/oauth/authorize?${authorizeQuery(client, { acr_values: LEVEL_2 })}`);
  await browser.open(browser.location());
  const before = (await mails()).length;
  await browser.submit({ mail: 'true' });
  expect(await mails()).toHaveLength(before + 1);
  const [newest] = (await mails()).slice(-1);
  const code = /class="code"[^>]*>(\d{6})</.exec(newest?.Body?.html_part ?? '')?.[1] ?? '';
  await browser.submit({ code });
  expect(new URL(await follow(browser)).searchParams.has('code')).toBe(true);
  // What is spent raises nothing again.
  await browser.open('/second-factor?again=true&method=email');
  await browser.submit({ mail: 'true' });
  expect((await browser.submit({ code })).status).toBe(401);
});

it('is asked for at the account’s pages where the stage demands it, and another factor may be set up in its place', async () => {
  service = await sharedService({ mailAsSecondFactor: 'level2', secondFactor: 'required' });
  person = await registerAndLogin(service);
  await proveAddress(service, person);
  browser = visitor(service);
  await signInAt(browser, person);
  await browser.open(browser.location());
  await browser.submit({ mail: 'true' });
  await browser.submit({ code: await codeOf() });
  await service.sql(`update sessions set level_until = now() - interval '1 minute' where session_id = $1`, [
    sessionIdOf(browser),
  ]);
  await browser.open('/account/profile');
  expect(browser.location()).toMatch(/^\/second-factor\?again=true&to=%2Faccount%2Fprofile/);
  expect((await browser.open('/account')).status).toBe(200);
});

it('S86: no session that a mailed login began is raised by another mail', async () => {
  await service.sql('update organizations set level_2_from = null where org_id = $1', [org]);
  await signInAt(browser, person);
  await service.sql(`update sessions set amr = '{email}' where session_id = $1`, [sessionIdOf(browser)]);
  await browser.open('/second-factor?again=true&method=email');
  expect(browser.location()).toMatch(/^\/account/);
});
