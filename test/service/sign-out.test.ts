/** /oauth/logout: the session of a browser ends there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient } from '../support/clients.ts';
import { sessionIdOf, sessionOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
});
afterAll(() => service.stop());
beforeEach(() => {
  service.setClockOffset(0);
  browser = visitor(service);
});

describe('signing out', () => {
  const ask = () => browser.open('/oauth/logout');
  const live = async (id: string) =>
    (await service.sql('select revoked_at from sessions where session_id = $1', [id]))[0]?.revoked_at === null;

  it('S79: asks first, and ends the session on a yes alone', async () => {
    await signInAt(browser, person);
    const id = sessionIdOf(browser);
    await ask();
    expect(browser.heading()).toBe('Do you want to sign out?');
    await browser.submit({ cancel: 'true' });
    expect(await live(id)).toBe(true);
    await ask();
    await browser.submit({});
    expect(browser.heading()).toBe('You are signed out');
    expect([await live(id), sessionOf(browser)]).toEqual([false, '']);
    expect(await service.audit(person.userId)).toContainEqual(
      expect.objectContaining({ action: 'session.revoked', detail: { session_id: id, reason: 'logout' } }),
    );
  });

  it('S79: a form of another site is led to the question, and one with a foreign token is refused', async () => {
    await signInAt(browser, person);
    await ask();
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await browser.submit({}, foreign)).status).toBe(403);
    await ask();
    await browser.submit({ form_token: '' }, foreign);
    expect(browser.location()).toBe('/oauth/logout?lang=en');
    expect(await live(sessionIdOf(browser))).toBe(true);
  });

  it('S74: leads to a registered address after a yes, with state, and to no other', async () => {
    const uri = 'https://essays.example/bye?from=identity';
    const own = await newClient(service, 'public', { post_logout_redirect_uris: [uri] });
    const query = (to: string) =>
      new URLSearchParams({ client_id: own.clientId, post_logout_redirect_uri: to, state: 'a b' }).toString();
    await signInAt(browser, person);
    await browser.open(`/oauth/logout?${query(uri)}`);
    await browser.submit({});
    expect(browser.location()).toBe(`${uri}&state=a+b`);
    for (const near of [`${uri}&more`, 'https://essays.example/bye', 'https://evil.example/']) {
      await signInAt(browser, person);
      await browser.open(`/oauth/logout?${query(near)}`);
      await browser.submit({});
      expect([browser.heading(), browser.location()]).toEqual(['You are signed out', '']);
    }
    // Nobody is signed in, and nobody said yes: a link, and no redirect.
    const answer = await browser.open(`/oauth/logout?${query(uri)}`);
    expect([answer.status, answer.body.includes('https://essays.example/bye?from=identity')]).toEqual([200, true]);
  });

  it('answers a parameter that comes twice with a page', async () => {
    expect((await browser.open('/oauth/logout?state=a&state=b')).status).toBe(400);
  });
});
