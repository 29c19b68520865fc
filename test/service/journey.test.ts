import { JwtVerifier } from 'aws-jwt-verify';
import { calculateJwkThumbprint, createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Topic } from '../../functions/contracts/events/registry.ts';
import { newEmail } from '../support/people.ts';
import { asDeployed, type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService({ ...asDeployed, settings: { passwordHasher: 'wasm' } });
});
afterAll(() => service.stop());

const account = () => ({ email: newEmail(), password: 'correct horse battery staple' });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('from nothing to a verified token', () => {
  it('registers, logs in, and reads the account', async () => {
    const { email, password } = account();
    const registered = await service.post('/v1/auth/register', {
      email: ` ${email.toUpperCase()} `,
      password,
      person_name: { first_name: 'Maria', last_name: 'Lind' },
      organization_name: 'Norra skolan',
      locale: 'sv-SE',
    });
    expect(registered.status).toBe(201);
    expect(registered.body).toEqual({
      user_id: expect.stringMatching(/^[0-9a-f-]{14}7/),
      email: email.toUpperCase(),
      org_id: expect.any(String),
      email_verification_required: true,
    });

    const login = await service.post('/v1/auth/login', { email, password, device_name: 'laptop' });
    expect(login.status).toBe(200);
    expect(login.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });

    const me = await service.get('/v1/auth/me', bearer(login.body.access_token));
    expect(me.status).toBe(200);
    expect(me.body).toEqual({
      user_id: registered.body.user_id,
      email: email.toUpperCase(),
      email_verified: false,
      org_id: registered.body.org_id,
      roles: ['owner'],
      person_name: { first_name: 'Maria', last_name: 'Lind' },
      display_name: null,
      locale: 'sv-SE',
      registered_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  it('issues tokens that jose verifies through discovery and JWKS', async () => {
    const person = account();
    await service.post('/v1/auth/register', person);
    const { body } = await service.post('/v1/auth/login', person);
    const discovery = (await service.get('/.well-known/openid-configuration')).body;
    expect(discovery.issuer).toBe(service.url);
    const { payload, protectedHeader } = await jwtVerify(
      body.access_token,
      createRemoteJWKSet(new URL(discovery.jwks_uri)),
      { issuer: discovery.issuer, audience: 'huleedu-platform', typ: 'at+jwt' },
    );
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({ sid: body.session_id, roles: [], org_id: null, email_verified: false });
  });

  it('issues tokens that aws-jwt-verify verifies', async () => {
    const person = account();
    await service.post('/v1/auth/register', person);
    const { body } = await service.post('/v1/auth/login', person);
    const jwksUri = `${service.url}/.well-known/jwks.json`;
    const verifier = JwtVerifier.create({ issuer: service.url, audience: 'huleedu-platform', jwksUri });
    // Its own fetcher takes only https; the document is the same.
    verifier.cacheJwks((await service.get('/.well-known/jwks.json')).body);
    expect(await verifier.verify(body.access_token)).toMatchObject({ sid: body.session_id });
    await expect(verifier.verify(`${body.access_token.slice(0, -4)}AAAA`)).rejects.toThrow();
  });

  it('publishes a key id that is the RFC 7638 thumbprint of its key', async () => {
    const person = account();
    await service.post('/v1/auth/register', person);
    const { body } = await service.post('/v1/auth/login', person);
    const { keys } = (await service.get('/.well-known/jwks.json')).body;
    const { kid } = decodeProtectedHeader(body.access_token);
    const key = keys.find((candidate: { kid: string }) => candidate.kid === kid);
    expect(await calculateJwkThumbprint(key)).toBe(kid);
  });

  it('answers healthz without the database', async () => {
    const calls = await service.callsDuring(async () => {
      expect((await service.get('/healthz')).body).toMatchObject({ status: 'ok' });
    });
    expect(calls).toEqual({});
  });
});

describe('S46: a change and its event are written together', () => {
  const events = async (userId: string, topic: Topic) =>
    (await service.outbox(topic)).filter(({ user_id }) => user_id === userId);

  it('register and login each write their own', async () => {
    const person = account();
    const { user_id } = (await service.post('/v1/auth/register', person)).body;
    await service.post('/v1/auth/login', person);
    expect(await events(user_id, 'huleedu.identity.user.registered.v1')).toHaveLength(1);
    expect(await events(user_id, 'huleedu.identity.login.succeeded.v1')).toHaveLength(1);
  });

  it.each(['users', 'event_outbox', 'audit_log'])('a register that cannot write %s writes nothing', async (table) => {
    const person = account();
    await service.sql(`revoke insert on ${table} from identity_application`);
    expect((await service.post('/v1/auth/register', person)).status).toBe(500);
    await service.sql(`grant insert on ${table} to identity_application`);
    expect(await service.dump()).not.toContain(person.email);
    expect((await service.post('/v1/auth/register', person)).status).toBe(201);
  });

  it('a register whose answer is lost is done once', async () => {
    const person = account();
    service.endpoint.faults.order({ service: 'rds-data', operation: 'ExecuteStatement', drop: true, after: true });
    const { status, body } = await service.post('/v1/auth/register', person);
    expect(status).toBe(201);
    expect(await events(body.user_id, 'huleedu.identity.user.registered.v1')).toHaveLength(1);
    expect((await service.post('/v1/auth/login', person)).status).toBe(200);
    const notices = await service.outbox('huleedu.email.notification.requested.v1');
    expect(notices.filter(({ to }) => to === person.email)).toEqual([]);
  });
});
