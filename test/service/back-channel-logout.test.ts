/** Clients are told of sessions that are over: each of its own, once it is so, for as long as it takes (S82). */
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SessionId } from '../../functions/domain/ids.ts';
import { deliverMail as deliver } from '../support/mailbox.ts';
import { sessionIdOf, sessionOf, signInAt, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import { type Service, startService } from '../support/service.ts';
import { signedInAt, type ToldClient, type ToldClients, toldClients } from '../support/told-clients.ts';

let service: Service;
let apps: ToldClients;
let person: Person;
let one: ToldClient;
let other: ToldClient;

beforeAll(async () => {
  apps = await toldClients();
  // A service of its own, as no other may call this machine.
  service = await startService({ fetchAllow: apps.host });
});
afterAll(async () => {
  await service?.stop();
  apps?.close();
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
