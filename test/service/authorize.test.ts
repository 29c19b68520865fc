import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { answered, authorizeQuery, ledTo, type SignedIn, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: SignedIn;
let client: TestClient;

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  browser = await signedInBrowser(service, person);
  client = await newClient(service, 'public', { first_party: true });
});
afterAll(() => service.stop());

const ask = (
  more: Parameters<typeof authorizeQuery>[1] = {},
  to = client,
  headers: Record<string, string> = browser.headers,
) => service.get(`/oauth/authorize?${authorizeQuery(to, more)}`, headers);
const codes = () => service.sql('select * from authorization_codes order by created_at desc');

it('answers a browser that is signed in with a code, the state and the issuer', async () => {
  const answer = await ask();
  expect(answer.status).toBe(303);
  expect(ledTo(answer)?.href.split('?')[0]).toBe(client.redirectUri);
  expect(answered(answer)).toEqual({
    code: expect.stringMatching(/^[\w-]{43}$/),
    state: 'as it was',
    iss: service.url,
  });
});

describe('S74: nothing is sent to a URI in doubt', () => {
  it.each([
    ['an unknown client', { client_id: 'c_nobody' }],
    ['no client', { client_id: undefined }],
    ['two clients', { client_id: ['a', 'b'] }],
    ['another URI', { redirect_uri: 'https://evil.example/callback' }],
    ['no URI', { redirect_uri: undefined }],
    ['two URIs', { redirect_uri: ['https://a.example', 'https://b.example'] }],
  ])('%s', async (_, more) => {
    const answer = await ask(more);
    expect(answer.status).toBe(400);
    expect(ledTo(answer)).toBeNull();
    expect(answer.body).not.toContain('evil.example');
  });
});

it('leads a browser that is not signed in to the sign-in page, and back', async () => {
  const answer = await ask({}, client, {});
  expect(ledTo(answer)?.pathname).toBe('/sign-in');
  const text = ledTo(answer)?.searchParams.get('request');
  const cookies = (answer.headers.get('set-cookie') ?? '').split(';')[0];
  const back = await service.get(`/oauth/authorize?continue=${text}`, {
    cookie: `${browser.headers.cookie}; ${cookies}`,
  });
  expect(answered(back)).toMatchObject({ code: expect.any(String), state: 'as it was' });
  expect((await codes()).length).toBeGreaterThan(0);
});
