/** Clients that want more than a password: `acr_values`, an essential `acr`, `max_age` with them (RFC 9470 §4). */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { giveApp } from '../support/factors.ts';
import { raise } from '../support/levels.ts';
import { answered, authorizeQuery, ledTo, type SignedIn, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const LEVEL_1 = 'urn:identity:acr:1';
const LEVEL_2 = 'urn:identity:acr:2';

let service: Service;
let client: TestClient;
let bare: Person;
let secured: Person;
beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'public', { first_party: true });
  bare = await registerAndLogin(service);
  secured = await registerAndLogin(service);
  await giveApp(service, secured.userId);
});
afterAll(() => service.stop());

let browser: SignedIn;
const signIn = async (person: Person, secondsAgo = 120) => {
  browser = await signedInBrowser(service, person, { at: new Date(Date.now() - secondsAgo * 1000) });
};
beforeEach(() => signIn(secured));

type More = Parameters<typeof authorizeQuery>[1];
const ask = (more: More) => service.get(`/oauth/authorize?${authorizeQuery(client, more)}`, browser.headers);
const pageOf = (answer: Answer) => ledTo(answer)?.pathname;
const essential = (...values: string[]) => ({
  claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
});
async function goOn(waiting: Answer) {
  const text = ledTo(waiting)?.searchParams.get('request');
  const [cookie = ''] = (waiting.headers.get('set-cookie') ?? '').split(';');
  return service.get(`/oauth/authorize?continue=${text}`, { cookie: `${browser.headers.cookie}; ${cookie}` });
}
/** The level that the code says. */
async function levelOf(answer: Answer) {
  expect(answered(answer)).toMatchObject({ code: expect.any(String) });
  const [code] = await service.sql('select acr from authorization_codes order by created_at desc limit 1');
  return code?.acr;
}

describe.each([
  ['a wish', { acr_values: LEVEL_2 }],
  ['a wish after one that is out of reach', { acr_values: `urn:x phr ${LEVEL_2}` }],
  ['what is essential', essential(LEVEL_2)],
  ['one of what is essential', essential('phr', LEVEL_2)],
])('%s', (_, more) => {
  it('leads to the second factor, and on when it was shown', async () => {
    const waiting = await ask(more);
    expect(pageOf(waiting)).toBe('/second-factor');
    expect(pageOf(await goOn(waiting))).toBe('/second-factor');
    await raise(service, browser);
    expect(await levelOf(await goOn(waiting))).toBe(LEVEL_2);
    // A kept session is not asked again.
    expect(await levelOf(await ask(more))).toBe(LEVEL_2);
  });
});

it('a wish that the person cannot reach is answered with what there is', async () => {
  await signIn(bare);
  expect(await levelOf(await ask({ acr_values: `${LEVEL_2} ${LEVEL_1}` }))).toBe(LEVEL_1);
  await signIn(secured);
  await raise(service, browser);
  expect(await levelOf(await ask({ acr_values: 'phr' }))).toBeNull();
});

it('a first wish that the session has is no reason to ask for more', async () => {
  expect(await levelOf(await ask({ acr_values: `${LEVEL_1} ${LEVEL_2}` }))).toBe(LEVEL_1);
});

it('what is essential and out of reach is an error of the client’s', async () => {
  await signIn(bare);
  expect(answered(await ask(essential(LEVEL_2))).error).toBe('unmet_authentication_requirements');
  await signIn(secured);
  expect(answered(await ask(essential('phr'))).error).toBe('unmet_authentication_requirements');
});

it('S76: prompt=none answers what is essential with interaction_required, and a wish with what there is', async () => {
  expect(answered(await ask({ prompt: 'none', ...essential(LEVEL_2) })).error).toBe('interaction_required');
  expect(await levelOf(await ask({ prompt: 'none', acr_values: LEVEL_2 }))).toBeNull();
});

it('max_age is the age of the second factor where one is asked for, whenever the password was given', async () => {
  await signIn(secured, 10);
  await raise(service, browser, 900);
  expect(await levelOf(await ask({ acr_values: LEVEL_2 }))).toBe(LEVEL_2);
  const waiting = await ask({ acr_values: LEVEL_2, max_age: '300' });
  expect(pageOf(waiting)).toBe('/second-factor');
  await raise(service, browser);
  expect(await levelOf(await goOn(waiting))).toBe(LEVEL_2);
});
