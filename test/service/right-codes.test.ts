/** A day's tries of codes: those that were right are not among them. A service of its own, whose day has two. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { beginLogin, giveApp, showFactor } from '../support/factors.ts';
import { mailedCode } from '../support/mailbox.ts';
import { askByMail, giveCode, otherThan, provedPerson, signInByMail } from '../support/mailed-logins.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const HOUR = 3600;
const two = { limit: 2 };
let service: Service;
let ahead = 0;
beforeAll(async () => {
  const rateLimits = { codePerAccountDaily: two, factorGuessDaily: two };
  service = await sharedService({ rateLimiting: 'on', emailLogin: 'on', rateLimits });
});
afterAll(() => service.stop());
const pass = (seconds: number) => {
  ahead += seconds;
  service.setClockOffset(ahead);
};
beforeEach(() => pass(25 * HOUR));

it('S83: mailed ones: somebody signs in as often as mails come; two wrong ones, and no other is compared', async () => {
  const { email } = await provedPerson(service);
  for (let times = 0; times < 4; times++) {
    expect((await signInByMail(service, email)).status).toBe(200);
    pass(HOUR);
  }
  const loginId = await askByMail(service, email);
  const code = await mailedCode(service, email);
  for (const _ of [1, 2]) expect((await giveCode(service, loginId, otherThan(code))).status).toBe(401);
  expect((await giveCode(service, loginId, code)).status).toBe(429);
});

it('S83: of a second factor', async () => {
  const person = await provedPerson(service);
  const app = await giveApp(service, person.userId, () => ahead);
  for (let times = 0; times < 4; times++) {
    expect((await showFactor(service, await beginLogin(service, person), 'totp', app.code())).status).toBe(200);
    pass(HOUR);
  }
  const mfaToken = await beginLogin(service, person);
  for (const _ of [1, 2]) expect((await showFactor(service, mfaToken, 'totp', app.wrongCode())).status).toBe(401);
  expect((await showFactor(service, mfaToken, 'totp', app.code())).status).toBe(429);
});
