/** RFC 9126: a client pushes its request, and the browser comes with its address alone. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientId } from '../../functions/domain/ids.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { answered, authorizeQuery, consented, ledTo, type SignedIn, signedInBrowser } from '../support/oauth.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Answer, Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

let service: Service;
let person: Person;
let browser: SignedIn;
let open: TestClient;
let secret: TestClient;

beforeAll(async () => {
  service = await sharedService();
  person = await registerAndLogin(service);
  open = await newClient(service, 'public', { first_party: true });
  secret = await newClient(service, 'confidential', { first_party: true });
});
afterAll(() => service.stop());
beforeEach(async () => {
  service.setClockOffset(0);
  browser = await signedInBrowser(service, person, { at: new Date(Date.now() - 120_000) });
});

type More = Parameters<typeof authorizeQuery>[1];
const push = (client: TestClient, more: More = {}, headers: Readonly<Record<string, string>> = { ...client.basic }) =>
  service.send('POST', '/oauth/par', authorizeQuery(client, more), {
    'content-type': 'application/x-www-form-urlencoded',
    ...headers,
  });
const addressOf = async (client: TestClient, more: More = {}): Promise<string> => {
  const { status, body } = await push(client, more);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.request_uri;
};
const visit = (
  client: Pick<TestClient, 'clientId'>,
  uri: string,
  headers: Readonly<Record<string, string>> = browser.headers,
  more = {},
) =>
  service.get(
    `/oauth/authorize?${new URLSearchParams({ client_id: client.clientId, request_uri: uri, ...more })}`,
    headers,
  );
const isOver = (answer: Answer) => answer.status === 400 && ledTo(answer) === null;

it('is answered with an address for 90 seconds, by which the browser gets its code', async () => {
  const { status, body, headers } = await push(secret);
  expect(status).toBe(201);
  expect(body).toEqual({
    request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
    expires_in: 90,
  });
  expect(headers.get('cache-control')).toBe('no-store');
  const answer = await visit(secret, body.request_uri);
  expect(answered(answer)).toMatchObject({ code: expect.any(String), state: 'as it was' });
});

it('may leave out client_id where a header says who the client is', async () => {
  expect((await push(secret, { client_id: undefined })).status).toBe(201);
});

it('lets nothing beside its address count but the client', async () => {
  const uri = await addressOf(open);
  const other = { redirect_uri: 'https://evil.example/', state: 'another', scope: 'openid email' };
  const answer = await visit(open, uri, browser.headers, other);
  expect(ledTo(answer)?.href.split('?')[0]).toBe(open.redirectUri);
  expect(answered(answer).state).toBe('as it was');
});

describe('S75: is used up by the code, and by nothing before', () => {
  it('in one tab after the other', async () => {
    const uri = await addressOf(open);
    expect(ledTo(await visit(open, uri, {}))?.pathname).toBe('/sign-in');
    expect(answered(await visit(open, uri)).code).toBeDefined();
    expect(isOver(await visit(open, uri))).toBe(true);
  });

  it('in two at once', async () => {
    const uri = await addressOf(open);
    const answers = await Promise.all([visit(open, uri), visit(open, uri), visit(open, uri)]);
    expect(answers.filter((answer) => answered(answer).code)).toHaveLength(1);
    expect(answers.filter(isOver)).toHaveLength(2);
  });

  it('where it went through a page meanwhile', async () => {
    const uri = await addressOf(open);
    const waiting = await visit(open, uri, {});
    const text = ledTo(waiting)?.searchParams.get('request');
    const goOn = () => service.get(`/oauth/authorize?continue=${text}`, browser.headers);
    expect(answered(await goOn()).code).toBeDefined();
    expect(isOver(await goOn())).toBe(true);
  });
});

it('is over after 90 seconds, unless a browser has come with it before', async () => {
  const [late, early] = [await addressOf(open), await addressOf(open, { prompt: 'login' })];
  expect(ledTo(await visit(open, early))?.pathname).toBe('/sign-in');
  service.setClockOffset(91);
  expect(isOver(await visit(open, late))).toBe(true);
  expect(ledTo(await visit(open, early))?.pathname).toBe('/sign-in');
});

it('asks once for what a prompt wants, on its way through the pages', async () => {
  const uri = await addressOf(open, { prompt: 'login' });
  const waiting = await visit(open, uri);
  const text = ledTo(waiting)?.searchParams.get('request');
  const [form] = (waiting.headers.get('set-cookie') ?? '').split(';');
  await service.sql('update sessions set reauthenticated_at = now() where session_id = $1', [browser.sessionId]);
  const cookie = `${browser.headers.cookie}; ${form}`;
  expect(answered(await service.get(`/oauth/authorize?continue=${text}`, { cookie })).code).toBeDefined();
});

it('S76: of a stranger, who came with it first, is not answered by what the person did for somebody else', async () => {
  const native = await newClient(service, 'public', { redirect_uris: ['com.example.app:/callback'] });
  const [consents, login] = [await addressOf(native), await addressOf(open, { prompt: 'login' })];
  for (const [client, uri] of [[native, consents] as const, [open, login] as const]) await visit(client, uri, {});
  await consented(service, person, native);
  await service.sql('update sessions set reauthenticated_at = now() where session_id = $1', [browser.sessionId]);
  service.setClockOffset(1);
  expect(ledTo(await visit(native, consents))?.pathname).toBe('/consent');
  expect(ledTo(await visit(open, login))?.pathname).toBe('/sign-in');
});

it('S74: is another client’s for nobody, and what was made up is nothing', async () => {
  const uri = await addressOf(open);
  expect(isOver(await visit(secret, uri))).toBe(true);
  expect(isOver(await visit({ clientId: 'c_nobody' as ClientId }, uri))).toBe(true);
  expect(isOver(await visit(open, `${uri.slice(0, -2)}AA`))).toBe(true);
});

describe('refuses the client', () => {
  it.each([
    ['invalid_request', 'for the address of a request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['request_not_supported', 'for a request object', { request: 'a.b.c' }],
    ['invalid_request', 'for another redirect URI', { redirect_uri: 'https://evil.example/' }],
    ['invalid_request', 'without a redirect URI', { redirect_uri: undefined }],
    ['invalid_request', 'without a challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', 'for two of one parameter', { state: ['a', 'b'] }],
    ['invalid_target', 'for a resource that is not its own', { resource: 'https://other.example/' }],
    ['unsupported_response_type', 'for another type of answer', { response_type: 'token' }],
  ])('%s %s', async (error, _, more) => {
    const answer = await push(secret, more);
    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it.each([
    [
      'a wrong secret',
      () => ({ authorization: `Basic ${Buffer.from(`${secret.clientId}:wrong`).toString('base64')}` }),
    ],
    ['no secret', () => ({})],
  ])('that shows %s', async (_, headers) => {
    const answer = await push(secret, {}, headers());
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });
});
