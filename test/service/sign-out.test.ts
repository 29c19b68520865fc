/** /oauth/logout: the session of a browser ends there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { idTokenOf } from '../support/id-tokens.ts';
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

  describe('with a hint', () => {
    const uri = 'https://essays.example/bye';
    let own: TestClient;
    beforeAll(async () => {
      own = await newClient(service, 'public', { post_logout_redirect_uris: [uri] });
    });
    const logout = (parameters: Record<string, string>) => {
      const query = new URLSearchParams({ post_logout_redirect_uri: uri, state: 's', ...parameters });
      return browser.open(`/oauth/logout?${query}`);
    };
    const hint = (more: object = {}) =>
      idTokenOf(service, browser, { clientId: own.clientId, userId: person.userId }, more);

    it('S79: of this very session, ends it without a question, and leads back', async () => {
      await signInAt(browser, person);
      const id = sessionIdOf(browser);
      await logout({ id_token_hint: await hint() });
      expect([browser.location(), await live(id), sessionOf(browser)]).toEqual([`${uri}?state=s`, false, '']);
    });

    it('S79: of the session before, whose clients this one took over, does the same', async () => {
      await signInAt(browser, person);
      const token = await hint();
      const sid = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
      await service.sql(
        `insert into sessions (session_id, kind, client_id, sid, browser_session_id, user_id, password_epoch, ip_address,
          current_hash, rotated_at, created_at, last_seen_at, idle_expires_at, expires_at)
        select uuidv7(), 'client', $2, $3, session_id, user_id, 0, '', '', now(), now(), now(), expires_at, expires_at
        from sessions where session_id = $1`,
        [sessionIdOf(browser), own.clientId, sid],
      );
      await signInAt(browser, person);
      await logout({ id_token_hint: token });
      expect(browser.location()).toBe(`${uri}?state=s`);
      const left = await service.sql('select from sessions where client_id = $1 and revoked_at is null', [
        own.clientId,
      ]);
      expect(left).toEqual([]);
    });

    it.each([
      ['another session', { sid: 'another' }],
      ['another person', { sub: '019a0000-0000-7000-8000-000000000000' }],
      ['another issuer', { iss: 'https://evil.example' }],
      ['another client', { aud: 'another' }],
    ])('S79: of %s, proves nothing: the page asks', async (_, claims) => {
      await signInAt(browser, person);
      const id = sessionIdOf(browser);
      await logout({ id_token_hint: await hint(claims), client_id: own.clientId });
      expect([browser.heading(), browser.location()]).toEqual(['Do you want to sign out?', '']);
      expect(await live(id)).toBe(true);
    });

    it('S74: that is forged, or an access token, leads nowhere, signed in or not', async () => {
      await signInAt(browser, person);
      const forged = `${(await hint()).slice(0, -6)}AAAAAA`;
      for (const token of [forged, person.accessToken, 'garbage']) {
        await logout({ id_token_hint: token });
        expect([browser.heading(), browser.location()]).toEqual(['Do you want to sign out?', '']);
      }
      await browser.submit({});
      expect([browser.heading(), browser.location()]).toEqual(['You are signed out', '']);
      await logout({ id_token_hint: forged });
      expect([browser.heading(), browser.location()]).toEqual(['You are signed out', '']);
    });

    it('leads back where nobody is signed in any more', async () => {
      await signInAt(browser, person);
      const token = await hint();
      await logout({ id_token_hint: token });
      await logout({ id_token_hint: token });
      expect(browser.location()).toBe(`${uri}?state=s`);
    });
  });
});
