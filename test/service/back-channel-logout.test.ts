/** Clients are told of sessions that are over: each of its own, once it is so, for as long as it takes (S82). */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../functions/domain/ids.ts';
import { nodeBackend } from '../examples/clients/node-backend.ts';
import { handInTo, messageOf } from '../support/bus.ts';
import { newClient } from '../support/clients.ts';
import { deliverMail as deliver } from '../support/mailbox.ts';
import { sessionIdOf, sessionOf, signInAt, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { plainBrowser } from '../support/plain-browser.ts';
import { type Service, startService } from '../support/service.ts';
import { passPages } from '../support/sign-in-pages.ts';
import { signedInAt, type ToldClient, type ToldClients, toldClients } from '../support/told-clients.ts';

let service: Service;
let apps: ToldClients;
let person: Person;
let one: ToldClient;
let other: ToldClient;
/** Of the recipe. */
let backend: Server | undefined;
let app: Server | undefined;
let baseUrl: string;

beforeAll(async () => {
  apps = await toldClients();
  backend = createServer((request, response) => app?.emit('request', request, response)).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  baseUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  // A service of its own, as no other may call this machine.
  service = await startService({ fetchAllow: `${apps.host},${new URL(baseUrl).host}` });
});
afterAll(async () => {
  await service?.stop();
  apps?.close();
  backend?.close();
});
beforeEach(async () => {
  person = await registerAndLogin(service);
  [one, other] = await Promise.all([apps.add(service), apps.add(service)]);
});
afterEach(() => expect(apps.faults).toEqual([]));

const sidsOf = (...browsers: { readonly tokens: readonly { readonly id_token: string }[] }[]) =>
  browsers.map(({ tokens: [first] }) => decodeJwt(first?.id_token ?? '').sid).sort();
const toldTo = ({ told }: ToldClient) =>
  told()
    .map(({ sid }) => sid)
    .sort();
const logOut = ({ headers, tokens: [first] }: Awaited<ReturnType<typeof signedInAt>>) =>
  service.get(`/oauth/logout?id_token_hint=${first?.id_token}`, headers);
const facts = async (client: ToldClient) =>
  (await service.outbox('huleedu.identity.client.signed_out.v1')).filter(
    ({ client_id }) => client_id === client.clientId,
  );

describe('S82: a logout at /oauth/logout', () => {
  it('is told to each client of that browser, by a token of its own, and to nobody else', async () => {
    const third = await apps.add(service);
    const silent = await apps.add(service, { backchannel_logout_uri: null });
    const browser = await signedInAt(service, person, [one, other, silent]);
    await signedInAt(service, person, [third]);
    await logOut(browser);
    await deliver(service);
    const tokens = [one, other].map(({ told }) => told());
    expect(tokens).toMatchObject([[{ sub: person.userId }], [{ sub: person.userId }]]);
    expect(new Set(tokens.flat().map(({ jti }) => jti)).size).toBe(2);
    const [ofOne, ofOther] = browser.tokens.map(({ id_token }) => decodeJwt(id_token).sid);
    expect([toldTo(one), toldTo(other), toldTo(third)]).toEqual([[ofOne], [ofOther], []]);
    expect([await facts(silent), await facts(third)]).toEqual([[], []]);
  });

  it('is told once for several sessions under one sid, and not again when the request comes again', async () => {
    const browser = await signedInAt(service, person, [one, one]);
    await logOut(browser);
    await logOut(browser);
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(browser));
  });

  it('is told of what is offline, too, whose refresh token goes on', async () => {
    const scope = ['openid', 'offline_access'];
    const browser = await signedInAt(service, person, [one], { scope });
    await logOut(browser);
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(browser));
    const live = await service.sql('select from sessions where client_id = $1 and revoked_at is null', [one.clientId]);
    expect(live).toHaveLength(1);
  });

  it('is told of a session that the client itself had ended before', async () => {
    const browser = await signedInAt(service, person, [one]);
    await service.sql("update sessions set revoked_at = now(), revoked_reason = 'logout' where client_id = $1", [
      one.clientId,
    ]);
    await logOut(browser);
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(browser));
  });
});

describe('S82: three browsers, each signed in at two clients, are told of', () => {
  const browsers = () => Promise.all([1, 2, 3].map(() => signedInAt(service, person, [one, other])));
  const ends: Readonly<Record<string, () => Promise<unknown>>> = {
    'when the person signs out everywhere': () =>
      service.post('/v1/auth/sessions/revoke-all', { keep_current: false }, person.bearer),
    'when the password changes': () =>
      service.post(
        '/v1/auth/change-password',
        { current_password: person.password, new_password: 'a much newer horse battery' },
        person.bearer,
      ),
    'when the account is deleted': () => service.delete('/v1/auth/me', { password: person.password }, person.bearer),
  };
  it.each(Object.keys(ends))('%s', async (end) => {
    const signedIn = await browsers();
    expect(await ends[end]?.()).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) });
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(...signedIn));
    expect(other.told()).toHaveLength(3);
  });
});

describe('S82: a session that lives on is not told to have ended', () => {
  it('when the person signs in again in the same browser; when somebody else does, it has', async () => {
    const visit = visitor(service);
    await signInAt(visit, person);
    const browser = { sessionId: sessionIdOf(visit) as SessionId, headers: { cookie: `identity=${sessionOf(visit)}` } };
    const signedIn = await signedInAt(service, person, [one], { browser });
    await signInAt(visit, person);
    expect(await facts(one)).toEqual([]);
    await signInAt(visit, await registerAndLogin(service));
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(signedIn));
  });

  it('when the person ends one of two sessions in the list: the client is told with the other', async () => {
    const browser = await signedInAt(service, person, [one, one]);
    const sessions = await service.sql('select session_id from sessions where client_id = $1', [one.clientId]);
    const told: number[] = [];
    for (const { session_id } of sessions) {
      expect((await service.post('/v1/auth/sessions/revoke', { session_id }, person.bearer)).status).toBe(204);
      await deliver(service);
      told.push(one.told().length);
    }
    expect([told, toldTo(one)]).toEqual([[0, 1], sidsOf(browser)]);
  });

  it('when a client ends its own, by its token', async () => {
    const browser = await signedInAt(service, person, [one]);
    const { refresh_token: token = '' } = browser.tokens[0] ?? {};
    await service.send('POST', '/oauth/revoke', new URLSearchParams({ token }).toString(), {
      ...one.basic,
      'content-type': 'application/x-www-form-urlencoded',
    } as Record<string, string>);
    expect(await facts(one)).toEqual([]);
  });

  it('when the consent is given again before the client could be told', async () => {
    const browser = await signedInAt(service, person, [one]);
    const [consent] = (await service.get('/v1/auth/consents', person.bearer)).body.consents;
    await service.delete(`/v1/auth/consents/${consent.consent_id}`, undefined, person.bearer);
    expect(await facts(one)).toHaveLength(1);
    await signedInAt(service, person, [one], { browser });
    await deliver(service);
    expect(one.told()).toEqual([]);
    await logOut(browser);
    await deliver(service);
    expect(toldTo(one)).toEqual(sidsOf(browser));
  });
});

it('S82: the recipe’s backend signs out whoever signs out of the browser in another application, and takes no other token', async () => {
  const { clientId, secret } = await newClient(service, 'confidential', {
    redirect_uris: ['http://127.0.0.1/callback'],
    backchannel_logout_uri: `${baseUrl}/back-channel-logout`,
  });
  app = await nodeBackend({ issuer: service.url, clientId, clientSecret: secret, baseUrl });
  const browser = plainBrowser();
  const page = await passPages(browser, await browser.open(`${baseUrl}/sign-in`), person);
  expect(JSON.parse(page.text)).toMatchObject({ signed_in: true });
  const [session] = await service.sql('select sid from sessions where client_id = $1', [clientId]);
  // Whoever finds the address may send what they like.
  for (const logout_token of ['', person.accessToken, 'e30.e30.e30']) {
    const body = new URLSearchParams({ logout_token });
    expect((await fetch(`${baseUrl}/back-channel-logout`, { method: 'POST', body })).status).toBe(400);
  }
  await browser.press(await browser.open(`${service.url}/oauth/logout`), 'submit');
  await deliver(service);
  const lines = service.logs().filter(({ line }) => line.includes(clientId) && line.includes('client told'));
  expect([session?.sid.length, lines.length]).toEqual([43, 1]);
  // Its own refresh token would say so, too: the visit is gone without a call to the service.
  service.endpoint.resetCalls();
  expect(JSON.parse((await browser.open(`${baseUrl}/`)).text)).toEqual({ signed_in: false });
  expect(service.endpoint.calls()).toEqual({});
});

it('S82: a client that fails again and again is asked ever more seldom, so that it takes nobody the time', async () => {
  one.answers = 500;
  await signedInAt(service, person, [one]);
  await service.post('/v1/auth/sessions/revoke-all', {}, person.bearer);
  const topic = 'huleedu.identity.client.signed_out.v1';
  const [event] = await service.sql(
    "select event_id, data from event_outbox where topic = $1 and data ->> 'client_id' = $2",
    [topic, one.clientId],
  );
  const body = messageOf({ source: 'huleedu.identity', topic, data: event?.data, eventId: event?.event_id });
  // An hour; with rests of half a minute it would be asked a hundred times.
  for (let now = 0; now < 3600; now += 35) {
    service.setClockOffset(now);
    apps.clockOffset = now;
    await handInTo(service, 'back-channel-logout', 0, body);
  }
  const tries = one.told().length;
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(30);
  service.setClockOffset(0);
  apps.clockOffset = 0;
});
