/** Changing the account's address: what is asked for, and what comes of it. Undoing it: email-change-undo.test.ts. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  ADDRESS,
  actionsOf,
  addressOf,
  asked,
  askFor,
  changesOf,
  confirm,
  dead,
  LIMITED,
  provedPerson,
  undo,
} from '../support/email-changes.ts';
import { mailTo, newestMail } from '../support/mailbox.ts';
import { newEmail } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
beforeAll(async () => {
  service = await sharedService(LIMITED);
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

describe('asking for another address', () => {
  it('S85: waits for the link that gives factors back: it would go to the new address', async () => {
    const person = await provedPerson(service);
    await service.sql('update users set factors_reset_at = now() where user_id = $1', [person.userId]);
    expect(await askFor(service, person, newEmail())).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('mails a link to it and a notice to the old one, and changes nothing', async () => {
    const person = await provedPerson(service);
    const { to } = await asked(service, person);
    expect(await addressOf(service, person)).toEqual({
      email: person.email,
      email_verified: true,
      pending: { email: to, requested_at: expect.any(String), expires_at: expect.any(String) },
      undo_until: null,
    });
    expect((await newestMail(service, to, 'change_email')).Body?.text_part).not.toContain(person.email);
    expect((await newestMail(service, person.email, 'email_change_asked')).Body?.text_part).toContain(to);
    expect(await changesOf(service, person)).toEqual([]);
    expect(await actionsOf(service, person)).toContain('email.change_requested');
  });

  it('S85: asks for a person who authenticated within minutes', async () => {
    const person = await provedPerson(service);
    service.setClockOffset(6 * 60);
    expect(await askFor(service, person, newEmail())).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED' },
    });
    await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer);
    expect((await askFor(service, person, newEmail())).status).toBe(202);
  });

  it('S85: asks for level 2 where there is a second factor', async () => {
    const person = await provedPerson(service);
    await service.sql(
      `insert into factors (factor_id, user_id, kind, secret, confirmed_at, created_at) values (uuidv7(), $1, 'totp', '\\x01', now(), now())`,
      [person.userId],
    );
    expect(await askFor(service, person, newEmail())).toMatchObject({
      status: 403,
      body: { code: 'REAUTHENTICATION_REQUIRED', acr_values: 'urn:identity:acr:2' },
    });
  });

  it('refuses the own address in any spelling, and what no mail can be sent to', async () => {
    const person = await provedPerson(service);
    expect(await askFor(service, person, person.email.toUpperCase())).toMatchObject({ status: 409 });
    expect(await askFor(service, person, 'nobody')).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR' } });
    expect(await service.post(ADDRESS, { email: newEmail() })).toMatchObject({ status: 401 });
  });

  it('S7: answers alike for an address that is taken, and tells its owner', async () => {
    const [person, owner] = [await provedPerson(service), await provedPerson(service)];
    const free = newEmail();
    const [taken, fresh] = [
      await askFor(service, person, owner.email.toUpperCase()),
      await askFor(service, person, free),
    ];
    const { correlation_id: one, ...ofTaken } = taken.body;
    const { correlation_id: other, ...ofFresh } = fresh.body;
    expect([taken.status, ofTaken]).toEqual([fresh.status, ofFresh]);
    await newestMail(service, person.email, 'email_change_asked');
    const notice = mailTo(service, owner.email.toUpperCase()).at(-1);
    expect(notice?.Tags).toContainEqual(expect.objectContaining({ Value: 'address_taken' }));
    expect(notice?.Body?.html_part).not.toContain('token=');
  });

  it('S9: is limited by account and by address', async () => {
    const [person, other] = [await provedPerson(service), await provedPerson(service)];
    const to = newEmail();
    for (let asks = 0; asks < 3; asks++) expect((await askFor(service, person, to)).status).toBe(202);
    expect(await askFor(service, other, to)).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    for (let asks = 0; asks < 2; asks++) expect((await askFor(service, person, newEmail())).status).toBe(202);
    expect((await askFor(service, person, newEmail())).status).toBe(429);
  });

  it('can be taken back', async () => {
    const person = await provedPerson(service);
    const { link } = await asked(service, person);
    expect((await service.delete(ADDRESS, undefined, person.bearer)).status).toBe(204);
    expect((await addressOf(service, person)).pending).toBeNull();
    expect(await confirm(service, link)).toMatchObject(dead);
    expect(await actionsOf(service, person)).toContain('email.change_cancelled');
  });
});

describe('S83: at once', () => {
  it('twenty confirm one change: it is made once, and announced once', async () => {
    const person = await provedPerson(service);
    const { link, to } = await asked(service, person);
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(service, link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
    expect(await changesOf(service, person)).toHaveLength(1);
    expect((await actionsOf(service, person)).filter((action) => action === 'email.changed')).toHaveLength(1);
    expect((await addressOf(service, person)).email).toBe(to);
  });

  it('two accounts confirm one address: one has it', async () => {
    const to = newEmail();
    const people = [await provedPerson(service), await provedPerson(service)];
    const links: string[] = [];
    for (const person of people) links.push((await asked(service, person, to)).link);
    const answers = await Promise.all(links.map((link) => confirm(service, link)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await service.sql('select from users where email = $1', [to])).toHaveLength(1);
  });

  it('one confirms and one undoes: the account has either address, and the undo was told the truth', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const person = await provedPerson(service);
      const { link, undoLink } = await asked(service, person);
      const [confirmed, undone] = await Promise.all([confirm(service, link), undo(service, undoLink)]);
      expect(undone.status).toBe(200);
      const [row] = await service.sql('select email from users where user_id = $1', [person.userId]);
      expect(row?.email).toBe(person.email);
      expect(await changesOf(service, person)).toHaveLength(confirmed.status === 200 ? 2 : 0);
    }
  });

  it('the address is registered while it is confirmed: the mailbox has it', async () => {
    for (let rounds = 0; rounds < 5; rounds++) {
      const person = await provedPerson(service);
      const { link, to } = await asked(service, person);
      const registration = { email: to, password: 'correct horse battery staple' };
      const [confirmed] = await Promise.all([confirm(service, link), service.post('/v1/auth/register', registration)]);
      expect(confirmed.status).toBe(200);
      expect(await service.sql('select user_id from users where email = $1', [to])).toEqual([
        { user_id: person.userId },
      ]);
    }
  });
});
