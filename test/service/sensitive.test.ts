import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { giveApp } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_2 = 'urn:identity:acr:2';

let service: Service;
beforeAll(async () => {
  service = await sharedService();
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));

/** What asks for a person who is there for sure, with the password or without. */
const sensitive: Readonly<Record<string, (person: Person, password?: string) => ReturnType<Service['post']>>> = {
  'changing the password': (person, current_password) =>
    service.post(
      '/v1/auth/change-password',
      { ...(current_password ? { current_password } : {}), new_password: 'another horse, another staple' },
      person.bearer,
    ),
  'exporting the account': (person) => service.get('/v1/auth/me/export', person.bearer),
  'deleting the account': (person, password) =>
    service.delete('/v1/auth/me', password ? { password } : {}, person.bearer),
};
const takesPassword = Object.entries(sensitive).filter(([name]) => name !== 'exporting the account');

describe.each(Object.entries(sensitive))('%s', (_, act) => {
  it('S85: needs no password of whoever signed in within five minutes', async () => {
    const person = await registerAndLogin(service);
    expect((await act(person)).status).toBeLessThan(300);
  });

  it('S85: is refused five minutes later, and by what the person has to do first', async () => {
    const person = await registerAndLogin(service);
    service.setClockOffset(301);
    const late = await act(person);
    expect([late.status, late.body.code, late.body.max_age, late.body.acr_values]).toEqual([
      403,
      'REAUTHENTICATION_REQUIRED',
      300,
      'urn:identity:acr:1',
    ]);
    // RFC 9470 §3.
    expect(late.headers.get('www-authenticate')).toContain('error="insufficient_user_authentication"');
    expect(late.headers.get('www-authenticate')).toContain('acr_values="urn:identity:acr:1", max_age="300"');
    expect((await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer)).status).toBe(
      200,
    );
    expect((await act(person)).status).toBeLessThan(300);
  });

  it('S85: needs the second factor within five minutes of whoever has one, whatever password comes with it', async () => {
    const person = await registerAndLogin(service);
    await giveApp(service, person.userId);
    for (const password of [undefined, person.password]) {
      const refused = await act(person, password);
      expect([refused.status, refused.body.acr_values]).toEqual([403, LEVEL_2]);
    }
    await raise(service, person, 301);
    expect((await act(person, person.password)).body.acr_values).toBe(LEVEL_2);
    await raise(service, person);
    expect((await act(person)).status).toBeLessThan(300);
  });

  it('S85: is not to be had by closing the second factor with wrong codes', async () => {
    const person = await registerAndLogin(service);
    await giveApp(service, person.userId);
    await service.sql('update factors set closed_at = now(), misses = 100 where user_id = $1', [person.userId]);
    expect((await act(person)).body.acr_values).toBe(LEVEL_2);
  });
});

describe.each(takesPassword)('%s', (_, act) => {
  it('S85: is done with the password at any time by whoever has no second factor, as ever', async () => {
    const person = await registerAndLogin(service);
    service.setClockOffset(600);
    const wrong = await act(person, 'not this one, but another');
    expect([wrong.status, wrong.body.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect((await act(person, person.password)).status).toBe(204);
  });
});

it('S85: to set a password without the old one is no authentication: five minutes stay five minutes', async () => {
  const person = await registerAndLogin(service);
  service.setClockOffset(290);
  const new_password = 'another horse, another staple';
  const changed = await service.post('/v1/auth/change-password', { new_password }, person.bearer);
  expect(changed.status).toBe(204);
  service.setClockOffset(310);
  const next = await service.get('/v1/auth/me/export', person.bearer);
  expect([next.status, next.body.code]).toEqual([403, 'REAUTHENTICATION_REQUIRED']);
});
