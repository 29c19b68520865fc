/** An ID token, as the client got it, that comes back as a hint of who is meant: at authorize, and at logout. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, verifier } from '../support/grants.ts';
import { answered, authorizeQuery, challengeOf } from '../support/oauth.ts';
import { signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const BYE = 'https://app.example/bye';
/** Longer than an ID token lasts, seconds. */
const LATER = 3_600;

let service: Service;
let person: Person;
let app: TestClient;
let other: TestClient;
let browser: Visitor;
beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  const wishes = { first_party: true, post_logout_redirect_uris: [BYE] };
  app = await newClient(service, 'public', wishes);
  other = await newClient(service, 'public', wishes);
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  browser = visitor(service);
  await signInAt(browser, person);
});

const authorize = (client: TestClient, more: Record<string, string>) =>
  browser.open(`/oauth/authorize?${authorizeQuery(client, { code_challenge: challengeOf(verifier), ...more })}`);
const tokensOf = async (client: TestClient) => {
  const { code = '' } = answered(await authorize(client, { prompt: 'none' }));
  return (await exchange(service, client, code)).body;
};
const silent = async (hint: string) => answered(await authorize(app, { prompt: 'none', id_token_hint: hint }));

it('that is the own one is answered with a code, also when it has expired', async () => {
  const { id_token } = await tokensOf(app);
  expect((await silent(id_token)).code).toBeDefined();
  service.setClockOffset(LATER);
  expect((await silent(id_token)).code).toBeDefined();
});

it('of who is not at the browser gives no code: a silent request is told so, and another shows the page', async () => {
  const { id_token } = await tokensOf(app);
  await signInAt(browser, await registerAndLogin(service));
  expect(await silent(id_token)).toMatchObject({ error: 'login_required', state: 'as it was', iss: service.url });
  await authorize(app, { id_token_hint: id_token });
  expect(browser.location()).toMatch(/^\/sign-in\?request=/);
});

it('of another client, forged, or an access token is refused at authorize, and leads nowhere at logout', async () => {
  const mine = await tokensOf(app);
  const [header, , signature] = mine.id_token.split('.');
  const [, theirs] = (await tokensOf(other)).id_token.split('.');
  const refused = [(await tokensOf(other)).id_token, `${header}.${theirs}.${signature}`, mine.access_token];
  for (const hint of refused) {
    expect(await silent(hint)).toMatchObject({ error: 'invalid_request', state: 'as it was', iss: service.url });
    const query = { id_token_hint: hint, client_id: app.clientId, post_logout_redirect_uri: BYE };
    await browser.open(`/oauth/logout?${new URLSearchParams(query)}`);
    expect([browser.heading(), browser.location()]).toEqual(['Do you want to sign out?', '']);
  }
});

it('that has expired still ends the session that it is of, and leads back', async () => {
  const { id_token } = await tokensOf(app);
  service.setClockOffset(LATER);
  const query = { id_token_hint: id_token, post_logout_redirect_uri: BYE, state: 's' };
  await browser.open(`/oauth/logout?${new URLSearchParams(query)}`);
  expect(browser.location()).toBe(`${BYE}?state=s`);
  expect(await silent(id_token)).toMatchObject({ error: 'login_required' });
});
