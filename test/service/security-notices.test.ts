import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliverMail, mailTo, newestMail } from '../support/mailbox.ts';
import { login, newEmail, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());

describe('security notices', () => {
  it('are sent when the password is changed', async () => {
    const person = await registerAndLogin(service);
    const change = { current_password: person.password, new_password: 'another correct horse battery' };
    await service.post('/v1/auth/change-password', change, person.bearer);
    expect((await newestMail(service, person.email, 'password_changed')).Subject).toContain('was changed');
  });

  it('are sent when wrong passwords lock an account, and never to an address without one', async () => {
    const person = await registerAndLogin(service);
    const stranger = newEmail();
    for (const email of [person.email, stranger]) {
      for (const _ of [1, 2, 3, 4, 5]) {
        await service.post('/v1/auth/login', { email, password: 'a wrong horse battery staple' });
      }
    }
    expect((await newestMail(service, person.email, 'account_locked')).Subject).toContain('locked');
    expect(mailTo(service, stranger)).toEqual([]);
  });

  it('are sent when a session ends for reuse of a token, not when it ends in the ordinary way', async () => {
    const person = await registerAndLogin(service);
    const refresh = (refresh_token: string) => service.post('/v1/auth/refresh', { refresh_token });
    const other = await login(service, { email: person.email, password: person.password });
    await service.post('/v1/auth/logout', { refresh_token: other.refreshToken });
    await refresh(person.refreshToken);
    await deliverMail(service);
    const notices = () => mailTo(service, person.email).filter(({ Tags }) => Tags?.[0]?.Value === 'session_reused');
    expect(notices()).toEqual([]);

    service.setClockOffset(60);
    try {
      expect((await refresh(person.refreshToken)).body.code).toBe('REFRESH_TOKEN_REUSED');
      await deliverMail(service);
    } finally {
      service.setClockOffset(0);
    }
    expect(notices()).toHaveLength(1);
  });
});

describe('a link’s token leaves behind', () => {
  it('S28, S21, S36: nothing: no table, event or log line holds a working token, and no log an address', async () => {
    const tokens: string[] = [];
    const people: string[] = [];
    for (let index = 0; index < 3; index++) {
      const { email } = await registerAndLogin(service);
      people.push(email);
      await service.post('/v1/auth/request-password-reset', { email });
      await service.post('/v1/auth/request-email-verification', { email });
    }
    await deliverMail(service);
    for (const { Body } of service.ses.messages()) {
      tokens.push(...[...(Body?.text_part ?? '').matchAll(/token=([\w-]+)/g)].map(([, token = '']) => token));
    }
    expect(tokens.length).toBeGreaterThanOrEqual(9);
    // Opened, used, refused: anything that is done with a link may be written somewhere.
    for (const token of tokens) {
      await service.get(`/verify-email?token=${token}`);
      await service.post('/v1/auth/verify-email', { token });
      await service.post('/v1/auth/reset-password', { token, new_password: 'a much newer horse battery staple' });
    }
    await deliverMail(service);

    const places = {
      database: await service.dump(),
      bus: JSON.stringify(service.events.events()),
      logs: service
        .logs()
        .map(({ line }) => line)
        .join('\n'),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length).toBeGreaterThan(1000);
      // The MAC alone would suffice: the rest of a token can be made from the event.
      for (const token of tokens) {
        const mac = Buffer.from(token, 'base64url').subarray(-32);
        expect(text.includes(token), `a token in the ${place}`).toBe(false);
        expect(text.includes(mac.toString('hex')), `a MAC in the ${place}`).toBe(false);
      }
    }
    for (const email of people) expect(places.logs).not.toContain(email);
  });
});
