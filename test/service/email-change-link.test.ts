/** The link that a new address is mailed: what it does, once, and what ends it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  actionsOf,
  addressOf,
  asked,
  askFor,
  changed,
  changesOf,
  confirm,
  dead,
  eventsOf,
  LIMITED,
  provedPerson,
  undo,
} from '../support/email-changes.ts';
import { mailedToken, mailTo, newestMail } from '../support/mailbox.ts';
import { accept, invite, newOrganization } from '../support/organizations.ts';
import { visitor } from '../support/page-visitor.ts';
import { login, newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService(LIMITED);
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

const HOUR = 3_600;

describe('the link of the new address', () => {
  it('gives the account its address, which is proved, and announces it', async () => {
    const person = await provedPerson(service);
    const { to } = await changed(service, person);
    expect(await addressOf(service, person)).toMatchObject({ email: to, email_verified: true, pending: null });
    expect((await service.get('/v1/auth/me', person.bearer)).body).toMatchObject({ email: to, email_verified: true });
    expect(await changesOf(service, person)).toMatchObject([{ email: to }]);
    expect(await actionsOf(service, person)).toContain('email.changed');
    await newestMail(service, person.email, 'email_changed');
    await login(service, { email: to, password: person.password });
    const old = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    expect(old).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
  });

  it('keeps the session that asked and ends every other one, and every known device', async () => {
    const person = await provedPerson(service);
    const known = await service.post('/v1/auth/login', { email: person.email, password: person.password });
    const other = await person.loginAgain();
    const { to, deviceToken } = await changed(service, person);
    expect((await service.get('/v1/auth/me', other.bearer)).status).toBe(401);
    expect((await service.post('/v1/auth/refresh', { refresh_token: other.refreshToken })).status).toBe(401);
    expect((await service.post('/v1/auth/refresh', { refresh_token: person.refreshToken })).status).toBe(200);
    const devices = async (device_token: string) => {
      await service.post('/v1/auth/login', { email: to, password: person.password, device_token });
      const [row] = await service.sql(
        'select known_device from sessions where user_id = $1 order by session_id desc limit 1',
        [person.userId],
      );
      return row?.known_device;
    };
    expect(await devices(known.body.device_token)).toBe(false);
    expect(await devices(deviceToken)).toBe(true);
  });

  it('S67: has a browser known only where a page of ours sent the form', async () => {
    const forms: Record<string, string>[] = [{}, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }];
    const known = [];
    for (const headers of forms) {
      const { link } = await asked(service, await provedPerson(service));
      const browser = visitor(service);
      await browser.open(`/change-email?token=${link}`);
      expect((await browser.submit({ answer: 'mine' }, headers)).status).toBe(200);
      known.push([...browser.cookies.keys()].filter((name) => name.startsWith('device-')).length);
    }
    expect(known).toEqual([1, 0]);
  });

  it('S27: voids the older links, of either address', async () => {
    const person = await provedPerson(service);
    await service.post('/v1/auth/request-password-reset', { email: person.email });
    const reset = await mailedToken(service, person.email, 'reset_password');
    await changed(service, person);
    const answer = await service.post('/v1/auth/reset-password', {
      token: reset,
      new_password: 'another horse battery',
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'RESET_TOKEN_INVALID' } });
  });

  it('S26: works once, within its time', async () => {
    const { link } = await changed(service);
    expect(await confirm(service, link)).toMatchObject(dead);
    const late = await asked(service, await provedPerson(service));
    service.setClockOffset(25 * HOUR);
    expect(await confirm(service, late.link)).toMatchObject({
      status: 400,
      body: { code: 'VERIFICATION_TOKEN_EXPIRED' },
    });
  });

  it('S14: opens nothing as another link, and no other link opens it', async () => {
    const { link, undoLink } = await asked(service, await provedPerson(service));
    expect(await confirm(service, undoLink)).toMatchObject(dead);
    expect(await undo(service, link)).toMatchObject(dead);
    expect(await service.post('/v1/auth/verify-email', { token: link })).toMatchObject(dead);
    expect((await confirm(service, link)).status).toBe(200);
  });

  it('is void once a newer one was asked for', async () => {
    const person = await provedPerson(service);
    const older = await asked(service, person);
    const newer = await asked(service, person);
    expect(await confirm(service, older.link)).toMatchObject(dead);
    expect((await confirm(service, newer.link)).status).toBe(200);
  });

  const ends = {
    'a new password': async ({ bearer, password }) => {
      const change = { current_password: password, new_password: 'another horse battery' };
      expect((await service.post('/v1/auth/change-password', change, bearer)).status).toBe(204);
    },
    'a reset': async ({ email }) => {
      await service.post('/v1/auth/request-password-reset', { email });
      const token = await mailedToken(service, email, 'reset_password');
      const answer = await service.post('/v1/auth/reset-password', { token, new_password: 'another horse battery' });
      expect(answer.status).toBe(200);
    },
    'signing out': async ({ refreshToken }) => {
      await service.post('/v1/auth/logout', { refresh_token: refreshToken });
    },
    'signing out everywhere': async ({ bearer }) => {
      await service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, bearer);
    },
    'signing out all others, elsewhere': async ({ loginAgain }) => {
      await service.post('/v1/auth/sessions/revoke-all', {}, (await loginAgain()).bearer);
    },
    deletion: async ({ bearer, password }) => {
      expect((await service.delete('/v1/auth/me', { password }, bearer)).status).toBe(204);
    },
  } satisfies Record<string, (person: Person) => Promise<void>>;
  it.each(Object.entries(ends))('S57: is dead after %s', async (_, end) => {
    const person = await provedPerson(service);
    const { link, to } = await asked(service, person);
    await end(person);
    expect(await confirm(service, link)).toMatchObject(dead);
    expect(await changesOf(service, person)).toEqual([]);
    const rows = await service.sql('select from users where email = $1', [to]);
    expect(rows).toEqual([]);
  });

  it('S57: is dead after the mailbox has claimed the account', async () => {
    const squatter = await registerAndLogin(service);
    await askFor(service, squatter, newEmail());
    const to = newEmail();
    await askFor(service, squatter, to);
    const link = await mailedToken(service, to, 'change_email');
    await service.post('/v1/auth/request-password-reset', { email: squatter.email });
    const token = await mailedToken(service, squatter.email, 'reset_password');
    await service.post('/v1/auth/reset-password', { token, new_password: 'another horse battery' });
    expect(await confirm(service, link)).toMatchObject(dead);
  });

  it('proves an account that was not, whose old address hears nothing and undoes nothing', async () => {
    const person = await registerAndLogin(service);
    const to = newEmail();
    await askFor(service, person, to);
    expect((await confirm(service, await mailedToken(service, to, 'change_email'))).status).toBe(200);
    expect(await eventsOf(service, 'huleedu.identity.email.verified.v1', person)).toHaveLength(1);
    expect(await addressOf(service, person)).toMatchObject({ email: to, email_verified: true, undo_until: null });
    const templates = mailTo(service, person.email).flatMap(({ Tags = [] }) => Tags.map(({ Value }) => Value));
    expect(templates).not.toContain('email_change_asked');
    expect(templates).not.toContain('email_changed');
  });

  it('S56: takes the address from an account that nobody has proved, which goes', async () => {
    const person = await provedPerson(service);
    const { to, link } = await asked(service, person);
    const squatter = await registerAndLogin(service, { email: to.toUpperCase() });
    expect((await confirm(service, link)).status).toBe(200);
    expect((await service.get('/v1/auth/me', squatter.bearer)).status).toBe(401);
    expect(await eventsOf(service, 'huleedu.identity.account.deleted.v1', squatter)).toHaveLength(1);
    expect((await service.get('/v1/auth/me', person.bearer)).body.email).toBe(to);
  });

  it('takes it from nobody who has proved it meanwhile, or was imported with it', async () => {
    for (const column of [`email_verified_at = now()`, `source = 'import'`]) {
      const person = await provedPerson(service);
      const { to, link } = await asked(service, person);
      const holder = await registerAndLogin(service, { email: to });
      await service.sql(`update users set ${column} where user_id = $1`, [holder.userId]);
      expect(await confirm(service, link)).toMatchObject({ status: 409, body: { code: 'USER_ALREADY_EXISTS' } });
      expect((await service.get('/v1/auth/me', holder.bearer)).status).toBe(200);
      expect((await addressOf(service, person)).email).toBe(person.email);
    }
  });

  it('lets the account accept what its new mailbox was invited to, and not what the old one was', async () => {
    const [person, owner] = [await provedPerson(service), await provedPerson(service)];
    const to = newEmail();
    const organization = await newOrganization(service, owner);
    const tokens: string[] = [];
    for (const email of [person.email, to]) {
      await invite(service, owner, organization, email, ['member']);
      tokens.push(await mailedToken(service, email, 'invitation'));
    }
    await changed(service, person, to);
    const [old = '', fresh = ''] = tokens;
    expect(await accept(service, person, old)).toMatchObject({ status: 403 });
    expect(await accept(service, person, fresh)).toMatchObject({ status: 200 });
  });
});
