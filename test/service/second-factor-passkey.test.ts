/** /second-factor by a passkey: after the password, in place for a client's request, and before what is sensitive. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { giveApp } from '../support/factors.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { follow, sessionIdOf, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { challengeIn, givePasskey, loginChallenge, type OwnPasskey } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let passkey: OwnPasskey;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  browser = visitor(service);
  person = await registerAndLogin(service);
  passkey = await givePasskey(service, person);
});

const assertion = (challenge: string, changed = {}) => ({
  assertion: JSON.stringify(passkey.assertion(challenge, changed)),
});
const methodsOfSession = async () =>
  (await service.sql('select amr from sessions where session_id = $1', [sessionIdOf(browser)]))[0];

describe('after the password', () => {
  /** An administrator of the platform always needs level 2. */
  async function arrive(): Promise<string> {
    await service.sql(`update users set platform_roles = '{platform:admin}' where user_id = $1`, [person.userId]);
    await signInAt(browser, person);
    return challengeIn(await browser.open(browser.location()));
  }

  it('asks who has passkeys alone for one of them, and opens a session that is phishing-resistant', async () => {
    const challenge = await arrive();
    expect(browser.heading()).toBe('Use your passkey');
    expect((await browser.submit(assertion(challenge))).status).toBe(303);
    expect(await methodsOfSession()).toEqual({ amr: ['pwd', 'pop', 'user', 'mfa'] });
  });

  it('offers the app where the passkey is not at hand, and names the passkeys of the account alone', async () => {
    await giveApp(service, person.userId);
    await signInAt(browser, person);
    const { body } = await browser.open(browser.location());
    expect(browser.heading()).toBe('Use your passkey');
    expect(body).toContain('id="totp"');
    expect(body).toContain(passkey.credentialId);
  });

  it('S83: takes no challenge of another sign-in, of signing in, or of another account’s passkey', async () => {
    await arrive();
    const [other, theirs] = [await registerAndLogin(service), browser];
    const foreign = await givePasskey(service, other);
    browser = visitor(service);
    const challenge = await arrive();
    const elsewhere = challengeIn(await theirs.open('/second-factor'));
    for (const wrong of [elsewhere, await loginChallenge(service)]) {
      const answer = await browser.submit(assertion(wrong));
      expect(answer.status).toBe(400);
      expect(answer.body).toContain('The page was open for a long time.');
    }
    const refused = await browser.submit({ assertion: JSON.stringify(foreign.assertion(challenge)) });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('The passkey was not accepted.');
    for (const text of ['{', 'null', '{"id":"a"}'])
      expect((await browser.submit({ assertion: text })).status).toBe(401);
    const unverified = assertion(challenge, { isVerified: false });
    expect((await browser.submit(unverified)).status).toBe(401);
    expect(sessionOf(browser)).toBe('');
    expect((await browser.submit(assertion(challenge))).status).toBe(303);
  });

  it('S83: opens one session: sent twice, the second is refused', async () => {
    const challenge = await arrive();
    const pending = browser.cookies.get('pending') ?? '';
    await browser.submit(assertion(challenge));
    browser.cookies.set('pending', pending);
    await browser.open('/second-factor');
    expect((await browser.submit(assertion(challenge))).status).toBe(401);
  });
});

describe('somebody who is signed in', () => {
  it('S85: shows it at /account/confirm, and goes on to the page that asked', async () => {
    await signInAt(browser, person);
    await browser.open('/account/delete');
    expect(browser.location()).toMatch(/^\/account\/confirm\?to=/);
    await browser.open(browser.location());
    const challenge = challengeIn(await browser.open(browser.location()));
    expect((await browser.submit(assertion(await loginChallenge(service)))).status).toBe(400);
    await browser.submit(assertion(challenge));
    expect(browser.location()).toBe('/account/delete');
    expect((await browser.open('/account/delete')).status).toBe(200);
    // In a session of another browser it is not recent.
    const other = visitor(service);
    await signInAt(other, person);
    expect((await other.open('/account/delete')).status).toBe(303);
  });

  it('steps up in place for a client that asks for phr', async () => {
    const client = await newClient(service, 'public', { first_party: true });
    await signInAt(browser, person);
    await giveApp(service, person.userId);
    await browser.open(`/oauth/authorize?${authorizeQuery(client, { acr_values: 'phr' })}`);
    expect(browser.location()).toMatch(/^\/second-factor\?request=/);
    const page = await browser.open(browser.location());
    // The app is none that resists phishing.
    expect(page.body).not.toContain('id="totp"');
    await browser.submit(assertion(challengeIn(page)));
    expect(new URL(await follow(browser)).searchParams.has('code')).toBe(true);
    expect(await methodsOfSession()).toEqual({ amr: ['pwd', 'pop', 'user', 'mfa'] });
  });

  it('S87: removes no passkey that is the last way in', async () => {
    await signInAt(browser, person);
    await browser.open('/second-factor?again=true&to=/account/passkeys');
    await browser.submit(assertion(challengeIn(await browser.open('/second-factor?again=true&to=/account/passkeys'))));
    await service.sql(`update users set password_hash = '!' where user_id = $1`, [person.userId]);
    await browser.open(`/account/passkeys?ask=remove&id=${passkey.id}`);
    const refused = await browser.submit({});
    expect(refused.status).toBe(409);
    expect(refused.body).toContain('the last way into your account');
    expect((await browser.open('/account/passkeys')).body).toContain(passkey.credentialId);
  });
});
