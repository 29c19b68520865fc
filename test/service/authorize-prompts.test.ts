/** What has to happen before a request is answered: prompts, ages, hints, consent; and how it travels meanwhile. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { answered, authorizeQuery, consented, ledTo, type SignedIn, signedInBrowser } from '../support/oauth.ts';
import { newEmail, type Person, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: SignedIn;
let ours: TestClient;
let theirs: TestClient;

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  ours = await newClient(service, 'public', { first_party: true });
  theirs = await newClient(service, 'public');
});
afterAll(() => service.stop());
beforeEach(async () => {
  // A while ago: what has to happen after a request has not.
  browser = await signedInBrowser(service, person, { at: new Date(Date.now() - 120_000) });
  await service.sql('delete from consents');
});

type More = Parameters<typeof authorizeQuery>[1];
const ask = (more: More = {}, client = ours, headers: Record<string, string> = browser.headers) =>
  service.get(`/oauth/authorize?${authorizeQuery(client, more)}`, headers);

/** The page that a request has led to, goes on after what `meanwhile` has done. */
async function goOn(waiting: Answer, meanwhile: () => Promise<unknown> = async () => {}, headers = browser.headers) {
  await meanwhile();
  const text = ledTo(waiting)?.searchParams.get('request');
  const [cookie = ''] = (waiting.headers.get('set-cookie') ?? '').split(';');
  return service.get(`/oauth/authorize?continue=${text}`, { cookie: `${headers.cookie}; ${cookie}` });
}
const pageOf = (answer: Answer) => ledTo(answer)?.pathname;
const set = (column: string) =>
  service.sql(`update sessions set ${column} = now() where session_id = $1`, [browser.sessionId]);

it('leads a browser that is not signed in to the page, and goes on when it is', async () => {
  const waiting = await ask({}, ours, {});
  expect(pageOf(waiting)).toBe('/sign-in');
  expect(answered(await goOn(waiting))).toMatchObject({ code: expect.any(String), state: 'as it was' });
});

describe.each([
  ['prompt=login', { prompt: 'login' }, '/sign-in', 'reauthenticated_at'],
  ['prompt=create', { prompt: 'create' }, '/sign-up', 'reauthenticated_at'],
  ['prompt=select_account', { prompt: 'select_account' }, '/sign-in', 'chosen_at'],
  ['a choice by signing in', { prompt: 'select_account' }, '/sign-in', 'reauthenticated_at'],
  ['max_age=0', { max_age: '0' }, '/sign-in', 'reauthenticated_at'],
  ['max_age=60', { max_age: '60' }, '/sign-in', 'reauthenticated_at'],
  ['the address of another account', { login_hint: 'other@example.com' }, '/sign-in', 'chosen_at'],
])('%s', (_, more, page, column) => {
  it('is met by an act after the request came, and by nothing else', async () => {
    const waiting = await ask(more);
    expect(pageOf(waiting)).toBe(page);
    expect(pageOf(await goOn(waiting))).toBe(page);
    expect(answered(await goOn(waiting, () => set(column)))).toMatchObject({ code: expect.any(String) });
    // Time passes, and it stays met: no loops.
    service.setClockOffset(600);
    expect(answered(await goOn(waiting))).toMatchObject({ code: expect.any(String) });
    service.setClockOffset(0);
  });
});

it('asks nobody whose sign-in is recent enough, or who is hinted at by the own address', async () => {
  expect(answered(await ask({ max_age: '600' })).code).toBeDefined();
  expect(answered(await ask({ login_hint: person.email.toUpperCase() })).code).toBeDefined();
  expect(answered(await ask({ login_hint: 'maria' })).code).toBeDefined();
});

it('waits for the person that claims name', async () => {
  const of = (sub: string) => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) });
  expect(answered(await ask(of(person.userId))).code).toBeDefined();
  const waiting = await ask(of((await registerAndLogin(service)).userId));
  expect(pageOf(waiting)).toBe('/sign-in');
  expect(pageOf(await goOn(waiting, () => set('reauthenticated_at')))).toBe('/sign-in');
});

describe('S76: prompt=none shows nothing, and answers', () => {
  const none = (more: More = {}, client = ours, headers?: Record<string, string>) =>
    ask({ prompt: 'none', ...more }, client, headers);

  it.each([
    ['login_required', 'where nobody is signed in', () => none({}, ours, {})],
    ['login_required', 'where it was too long ago', () => none({ max_age: '60' })],
    ['login_required', 'where somebody else is meant', () => none({ claims: '{"id_token":{"sub":{"value":"x"}}}' })],
    ['account_selection_required', 'where another address is', () => none({ login_hint: newEmail() })],
    ['consent_required', 'where nobody was asked', () => none({}, theirs)],
    [
      'unmet_authentication_requirements',
      'where a password is too little',
      () => none({ claims: '{"id_token":{"acr":{"essential":true,"values":["urn:x"]}}}' }),
    ],
    ['invalid_request', 'beside another value', () => none({ prompt: 'none login' })],
  ])('%s %s', async (error, _, request) => {
    const answer = await request();
    expect(answer.status).toBe(303);
    expect(answer.body).toBe('');
    expect(ledTo(answer)?.href.startsWith(ours.redirectUri)).toBe(true);
    expect(answered(answer)).toMatchObject({ error, state: 'as it was', iss: service.url });
  });

  it('alike whoever is guessed at, where nobody was asked', async () => {
    const essential = '{"id_token":{"acr":{"essential":true,"values":["urn:x"]}}}';
    for (const login_hint of [person.email, newEmail()]) {
      for (const more of [{ login_hint }, { login_hint, claims: essential }]) {
        expect(answered(await none(more, theirs)).error).toBe('consent_required');
      }
    }
    // With a page, the person is asked before anything is answered.
    expect(pageOf(await ask({ login_hint: person.email, claims: essential }, theirs))).toBe('/consent');
  });

  it('a code where nothing is missing', async () => {
    expect(answered(await none()).code).toBeDefined();
  });
});

describe('consent', () => {
  const needed = async (more: More = {}, client = theirs) => pageOf(await ask(more, client)) === '/consent';

  it('is asked for third parties until it is given, and of all by prompt=consent', async () => {
    expect(await needed()).toBe(true);
    expect(await needed({}, ours)).toBe(false);
    expect(await needed({ prompt: 'consent' }, ours)).toBe(true);
    await consented(service, person, theirs, { at: new Date(Date.now() - 60_000) });
    expect(await needed()).toBe(false);
    const waiting = await ask({ prompt: 'consent' }, theirs);
    expect(pageOf(waiting)).toBe('/consent');
    const again = () => service.sql('update consents set given_at = now()');
    expect(answered(await goOn(waiting, again)).code).toBeDefined();
  });

  it('covers the scopes that it names, and no more', async () => {
    await consented(service, person, theirs, { scopes: ['openid', 'email'] });
    expect(await needed({ scope: 'openid' })).toBe(false);
    expect(await needed({ scope: 'openid email profile' })).toBe(true);
    // Scopes that the client may not have are dropped before.
    expect(await needed({ scope: 'openid email account' })).toBe(false);
  });

  it('is forgotten when the client shows itself otherwise', async () => {
    await consented(service, person, theirs);
    await service.sql(`update clients set consent_hash = 'another' where client_id = $1`, [theirs.clientId]);
    expect(await needed()).toBe(true);
  });

  it.each([
    ['a loopback address', 'http://127.0.0.1/callback'],
    ['a private scheme', 'com.example.app:/callback'],
  ])('is asked each time where the answer goes to %s', async (_, uri) => {
    const native = await newClient(service, 'public', { redirect_uris: [uri] });
    await consented(service, person, native, { at: new Date(Date.now() - 60_000) });
    const waiting = await ask({}, native);
    expect(pageOf(waiting)).toBe('/consent');
    const now = () => service.sql('update consents set given_at = now()');
    expect(answered(await goOn(waiting, now)).code).toBeDefined();
    await service.sql(`update clients set source = 'settings' where client_id = $1`, [native.clientId]);
    expect(await needed({}, native)).toBe(false);
  });

  it('S76: of one browser does not answer what somebody else began in another', async () => {
    const native = await newClient(service, 'public', { redirect_uris: ['com.example.app:/callback'] });
    // A stranger's program asks, and waits until the person has consented to the real one.
    const stranger = await ask({}, native);
    await consented(service, person, native);
    const text = ledTo(stranger)?.searchParams.get('request');
    expect(pageOf(await service.get(`/oauth/authorize?continue=${text}`, browser.headers))).toBe('/consent');
  });
});

describe('a sealed request', () => {
  it.each([
    ['forged', async (text: string) => `${text.slice(0, -2)}AA`],
    ['cut', async (text: string) => text.slice(0, 40)],
    ['none', async () => 'x'],
  ])('that is %s is a page that says what to do', async (_, change) => {
    const text = ledTo(await ask({}, ours, {}))?.searchParams.get('request') ?? '';
    const answer = await service.get(`/oauth/authorize?continue=${await change(text)}`, browser.headers);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('Open the application anew');
  });

  it('is over after half an hour', async () => {
    const waiting = await ask({}, ours, {});
    service.setClockOffset(29 * 60);
    const late = await registerAndLogin(service);
    const { headers } = await signedInBrowser(service, late, { at: new Date(Date.now() + 29 * 60_000) });
    expect(answered(await goOn(waiting, undefined, headers)).code).toBeDefined();
    service.setClockOffset(30 * 60);
    expect((await goOn(waiting, undefined, headers)).status).toBe(400);
    service.setClockOffset(0);
  });

  it('that no address holds goes by a form', async () => {
    const claims = JSON.stringify({ id_token: {}, userinfo: {} });
    const state = 's'.repeat(1000);
    const nonce = 'n'.repeat(1000);
    const resource = Array.from({ length: 10 }, (_, n) => `https://${n}.example/${'x'.repeat(170)}`);
    const wide = await newClient(service, 'public', { first_party: true, audiences: resource });
    const answer = await ask({ claims, state, nonce, resource, prompt: 'login' }, wide);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('action="/sign-in"');
    expect(answer.body).toMatch(/name="request" value="[\w-]{4097,}"/);
  });
});
