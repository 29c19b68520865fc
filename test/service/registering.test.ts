/** Who may register a client: nobody, whoever has a token, or anybody within limits. */
import { describe, expect, it } from 'vitest';
import { newRegistrationToken, registrationHash } from '../../functions/domain/client-registration.ts';
import { newId, type RegistrationTokenId } from '../../functions/domain/ids.ts';
import { createRegistrationToken } from '../../functions/store/registration-tokens.ts';
import { clientsIn, postFrom } from '../support/from-address.ts';
import { operatorCommand } from '../support/operator-command.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const agent = {
  client_name: 'Agent',
  redirect_uris: ['http://localhost:33418/callback'],
  token_endpoint_auth_method: 'none',
};

async function tokenFor(service: Service, seconds: number) {
  const [token, now] = [newRegistrationToken('iat'), new Date()];
  const expiresAt = new Date(now.getTime() + seconds * 1000);
  const wanted = { tokenId: newId<RegistrationTokenId>(), name: 'Partner', hash: registrationHash(token), expiresAt };
  await createRegistrationToken(await databaseOf(service), wanted, contextAt(now));
  return { authorization: `Bearer ${token}` };
}

describe('who may register', () => {
  it('is nobody, unless the settings say so', async () => {
    const closed = await sharedService();
    expect(await closed.post('/oauth/register', agent)).toMatchObject({
      status: 403,
      body: { error: 'access_denied' },
    });
    expect((await closed.get('/.well-known/openid-configuration')).body).not.toHaveProperty('registration_endpoint');
  });

  it('is whoever has a token, where the settings say so, until its end or until it is taken back', async () => {
    const byToken = await sharedService({ registration: { clients: 'token' } });
    const { body: discovery } = await byToken.get('/.well-known/openid-configuration');
    expect(discovery.registration_endpoint).toBe(`${byToken.url}/oauth/register`);
    const given = (seconds: number) => tokenFor(byToken, seconds);
    const tries = async (headers: Record<string, string>) =>
      (await byToken.post('/oauth/register', agent, headers)).status;
    const good = await given(60);
    expect(await tries(good)).toBe(201);
    expect(await tries(good)).toBe(201);
    expect(await tries({})).toBe(401);
    expect(await tries(await given(-1))).toBe(401);
    expect(await tries({ authorization: 'Bearer iat_x' })).toBe(401);
  });

  it('S54: is given a token by the command, which lists it and takes it back', async () => {
    const byToken = await sharedService({ registration: { clients: 'token' } });
    const run = async (...args: string[]) => {
      const { code, out, error } = await operatorCommand(byToken, ['clients.ts', ...args, '--json']);
      return code === 0 ? JSON.parse(out) : error;
    };
    const { token_id, token, expires_at } = await run('new-token', 'Partner', '30');
    expect(Date.parse(expires_at) - Date.now()).toBeGreaterThan(29.9 * 24 * 60 * 60 * 1000);
    expect(await run('tokens')).toEqual([{ token_id, name: 'Partner', expires_at: expect.any(String) }]);
    const bearer = { authorization: `Bearer ${token}` };
    expect((await byToken.post('/oauth/register', agent, bearer)).status).toBe(201);
    expect(await run('revoke-token', token_id)).toEqual({ token_id, revoked: true });
    expect((await byToken.post('/oauth/register', agent, bearer)).status).toBe(401);
    expect(await run('revoke-token', token_id)).toContain(`No token ${token_id}`);
    expect(await run('new-token', 'Partner', '0')).toContain('DAYS is 1 to 365');
    const entries = await byToken.sql(
      "select action from audit_log where action like 'registration_token.%' order by entry_id",
    );
    expect(entries.map(({ action }) => action)).toEqual(['registration_token.created', 'registration_token.revoked']);
  });

  it('S9: is limited by the address, and in all', async () => {
    const limited = await sharedService({
      rateLimiting: 'on',
      rateLimits: { registrationPerIp: { limit: 2 }, registrationInAll: { limit: 3 } },
      registration: { clients: 'open' },
    });
    const newAddress = clientsIn('127.9');
    const from = async (address: string) => (await postFrom(address, `${limited.url}/oauth/register`, agent)).status;
    const [one, two, three] = [newAddress(), newAddress(), newAddress()];
    expect([await from(one), await from(one), await from(one)]).toEqual([201, 201, 429]);
    expect([await from(two), await from(three)]).toEqual([201, 429]);
    const { status, body, headers } = await limited.post('/oauth/register', agent);
    expect([status, body.error, headers.has('retry-after')]).toEqual([429, 'temporarily_unavailable', true]);
  });

  it('S9: where a token is needed, is not used up by those who have none', async () => {
    const limited = await sharedService({
      rateLimiting: 'on',
      rateLimits: { registrationPerIp: { limit: 20 }, registrationInAll: { limit: 2 } },
      registration: { clients: 'token' },
    });
    const { authorization } = await tokenFor(limited, 60);
    const newAddress = clientsIn('127.9');
    const tries = async (headers: Record<string, string>) =>
      (await postFrom(newAddress(), `${limited.url}/oauth/register`, agent, headers)).status;
    for (let n = 0; n < 4; n++) expect(await tries({ authorization: `Bearer iat_${n}` })).toBe(401);
    expect([await tries({}), await tries({})]).toEqual([401, 401]);
    expect([await tries({ authorization }), await tries({ authorization })]).toEqual([201, 201]);
    expect(await tries({ authorization })).toBe(429);
  });

  it('S9: may replace its registration as often, from wherever it comes, and nobody else uses that up', async () => {
    const limited = await sharedService({
      rateLimiting: 'on',
      rateLimits: { registrationPerIp: { limit: 2 } },
      registration: { clients: 'open' },
    });
    const newAddress = clientsIn('127.9');
    const { body: made } = await postFrom(newAddress(), `${limited.url}/oauth/register`, agent);
    const { client_id } = made;
    const change = async (client_name: string, from = newAddress(), token = made.registration_access_token) => {
      const headers = { authorization: `Bearer ${token}` };
      const url = `${limited.url}/oauth/register/${client_id}`;
      return (await postFrom(from, url, { ...agent, client_id, client_name }, headers, 'PUT')).status;
    };
    const one = newAddress();
    const wrong = [await change('x', one, 'rat_x'), await change('x', one, 'rat_y'), await change('x', one, 'rat_z')];
    expect(wrong).toEqual([401, 401, 429]);
    expect([await change('A'), await change('B'), await change('C')]).toEqual([200, 200, 429]);
    const events = await limited.sql("select from event_outbox where data->>'client_id' = $1", [client_id]);
    expect(events).toHaveLength(3);
  });
});
