/** A kept session falls back to level 1: after an hour without use, and after a day in any case (S86). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newClient, type TestClient } from '../support/clients.ts';
import { giveRecoveryCodes } from '../support/factors.ts';
import { challengeOf, exchange, refresh, verifier } from '../support/grants.ts';
import { raise } from '../support/levels.ts';
import { authorizeQuery } from '../support/oauth.ts';
import { claimsOf } from '../support/organizations.ts';
import { sessionIdOf, signInAt, type Visitor, visitor } from '../support/page-visitor.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';

const [LEVEL_1, LEVEL_2] = ['urn:identity:acr:1', 'urn:identity:acr:2'];
const MINUTES = 60;
const HOURS = 60 * MINUTES;

let service: Service;
let person: Person;
let client: TestClient;
beforeAll(async () => {
  service = await sharedService();
  client = await newClient(service, 'confidential', { first_party: true, scopes: ['openid', 'account'] });
});
afterAll(() => service.stop());
afterEach(() => service.setClockOffset(0));
beforeEach(async () => {
  person = await registerAndLogin(service);
});

const acrOf = ({ body }: { readonly body: { access_token: string } }) =>
  claimsOf({ accessToken: body.access_token }).acr;

/** Each use is so long after the one before. @returns the levels that it finds */
async function levelsAt(times: readonly number[], use: () => Promise<string>): Promise<string[]> {
  const levels: string[] = [];
  for (const time of times) {
    service.setClockOffset(time);
    levels.push(await use());
  }
  return levels;
}
const each50Minutes = Array.from({ length: 29 }, (_, index) => (index + 1) * 50 * MINUTES);
/** 28 times 50 minutes is still within the day. */
const aDay = each50Minutes.map((time) => (time < 24 * HOURS ? LEVEL_2 : LEVEL_1));

describe('a session of the JSON door', () => {
  let token: string;
  const use = async () => {
    const answer = await service.post('/v1/auth/refresh', { refresh_token: token });
    token = answer.body.refresh_token;
    return acrOf(answer);
  };
  beforeEach(async () => {
    token = person.refreshToken;
    await raise(service, person);
  });

  it('S86: is at level 1 an hour after its last refresh', async () => {
    expect(await levelsAt([50 * MINUTES, 100 * MINUTES, 165 * MINUTES, 166 * MINUTES], use)).toEqual([
      ...[LEVEL_2, LEVEL_2, LEVEL_1, LEVEL_1],
    ]);
  });

  it('S86: is at level 1 after a day, however often it is refreshed', async () => {
    expect(await levelsAt(each50Minutes, use)).toEqual(aDay);
  });
});

describe('a session of a browser', () => {
  let browser: Visitor;
  const code = async () => {
    const query = authorizeQuery(client, { code_challenge: challengeOf(verifier), scope: 'openid account' });
    await browser.open(`/oauth/authorize?${query}`);
    return new URL(browser.location()).searchParams.get('code') ?? '';
  };
  const tokens = async () => exchange(service, client, await code());
  beforeEach(async () => {
    browser = visitor(service);
    await signInAt(browser, person);
    await raise(service, { sessionId: sessionIdOf(browser) });
  });

  it('S86: is at level 1 an hour after the last visit, and gives codes of that', async () => {
    const visit = async () => {
      await browser.open('/account');
      return acrOf(await tokens());
    };
    expect(await levelsAt([50 * MINUTES, 100 * MINUTES, 165 * MINUTES], visit)).toEqual([LEVEL_2, LEVEL_2, LEVEL_1]);
  });

  it('S86: a visit of the account’s pages is use, and no more than a day’s', async () => {
    const visit = async () => ((await browser.open('/account')).status === 200 ? 'visited' : 'gone');
    await levelsAt(each50Minutes.slice(0, 28), visit);
    expect(acrOf(await tokens())).toBe(LEVEL_2);
    await levelsAt(each50Minutes.slice(28), visit);
    expect(acrOf(await tokens())).toBe(LEVEL_1);
  });

  it('S86: what a client was given is not surer than the sign-in was, and decays by itself', async () => {
    service.setClockOffset(40 * MINUTES);
    let { body } = await tokens();
    expect(acrOf({ body })).toBe(LEVEL_2);
    const use = async () => {
      ({ body } = await refresh(service, client, body.refresh_token));
      return acrOf({ body });
    };
    expect(await levelsAt([80 * MINUTES, 120 * MINUTES, 190 * MINUTES], use)).toEqual([LEVEL_2, LEVEL_2, LEVEL_1]);
  });

  it('S86: where level 2 is demanded, neither a code nor a refresh token gives anything once it is over', async () => {
    const [row] = await service.sql(
      `with made as (
        insert into organizations (org_id, name, created_at, level_2_from)
        values (gen_random_uuid(), 'Strict', now(), now()) returning org_id
      ),
      joined as (
        insert into memberships (org_id, user_id, roles, created_at)
        select org_id, $1, '{teacher}', now() - interval '1 hour' from made
      )
      update sessions set org_id = made.org_id from made where user_id = $1 returning made.org_id::text`,
      [person.userId],
    );
    expect(row?.org_id).toMatch(/./);
    const { body } = await tokens();
    const given = await code();
    const over = { status: 400, body: { error: 'invalid_grant' } };
    await service.sql('update sessions set level_until = null where user_id = $1', [person.userId]);
    await service.sql('update authorization_codes set level_until = null where user_id = $1', [person.userId]);
    expect(await exchange(service, client, given)).toMatchObject(over);
    expect(await refresh(service, client, body.refresh_token)).toMatchObject(over);
    const introspected = await service.post('/v1/auth/introspect', { token: body.access_token }, service.iamHeaders);
    expect(introspected.body).toEqual({ active: false });
  });

  it('S85: a client is told by RFC 9470 what its person has to show for what is sensitive', async () => {
    await giveRecoveryCodes(service, person.userId);
    const { body } = await tokens();
    const bearer = { authorization: `Bearer ${body.access_token}` };
    expect((await service.get('/v1/auth/me/export', bearer)).status).toBe(200);
    service.setClockOffset(6 * MINUTES);
    const late = await service.get('/v1/auth/me/export', bearer);
    expect(late).toMatchObject({
      status: 401,
      body: { code: 'INSUFFICIENT_USER_AUTHENTICATION', acr_values: LEVEL_1, max_age: 300 },
    });
    expect(late.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", ' +
        `error_description="The person has to authenticate again", acr_values="${LEVEL_1}", max_age="300", ` +
        `resource_metadata="${service.url}/.well-known/oauth-protected-resource/v1"`,
    );
  });
});
