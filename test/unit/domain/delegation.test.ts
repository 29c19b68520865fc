/** What a client gets for a person's token (RFC 8693): chains of exchanges, of any clients that ask for anything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessClaims } from '../../../functions/domain/access-token.ts';
import type { Client } from '../../../functions/domain/client.ts';
import { delegatedClaims, delegation } from '../../../functions/domain/delegation.ts';
import type { ClientId, SessionId, UserId } from '../../../functions/domain/ids.ts';
import { Problem } from '../../../functions/domain/problem.ts';
import { defaultSettings as settings } from '../../support/settings.ts';

const START = 1_800_000_000;
const at = (seconds: number) => new Date(seconds * 1000);
const names = ['a', 'b', 'c', 'd'];
const scopes = ['openid', 'email', 'account', 'essays:read', 'essays:write'];

const clientOf = (over: Partial<Client>): Client =>
  ({ client_id: 'a', first_party: false, audiences: ['b'], scopes, access_token_seconds: null, ...over }) as Client;
const subjectOf = (over: Partial<AccessClaims> = {}): AccessClaims => ({
  ...{
    iss: settings.issuer,
    sub: 'user' as UserId,
    aud: 'a',
    client_id: 'app',
    exp: START + 900,
    iat: START,
    jti: 'j',
  },
  ...{ sid: 's' as SessionId, org_id: null, roles: ['owner', 'teacher'], email_verified: true, auth_time: START },
  ...{ acr: 'urn:identity:acr:1', amr: ['pwd'], scope: scopes.join(' '), ...over },
});

const clients = fc.record({
  client_id: fc.constantFrom(...names) as fc.Arbitrary<ClientId>,
  first_party: fc.boolean(),
  audiences: fc.subarray([...names, settings.issuer], { minLength: 1 }),
  scopes: fc.subarray(scopes),
  access_token_seconds: fc.constantFrom(null, 60, 600),
});
const asks = fc.record({
  scope: fc.option(fc.subarray(scopes, { maxLength: 2 }), { nil: undefined }),
  resource: fc.subarray(names, { maxLength: 2 }),
});
const subjects = fc.record({
  aud: fc.oneof(fc.constantFrom(...names), fc.subarray([...names, settings.issuer], { minLength: 1 })),
  scope: fc.option(
    fc.subarray(scopes).map((some) => some.join(' ')),
    { nil: undefined },
  ),
});
const hops = fc.array(
  fc.record({ client: clients, asked: asks, later: fc.nat(600), held: fc.subarray(['owner', 'teacher', 'new']) }),
  { minLength: 1, maxLength: 12 },
);

const listed = (aud: string | readonly string[]) => [aud].flat();
const scopesIn = ({ scope }: AccessClaims) => scope?.split(' ').filter(Boolean) ?? scopes;

describe('a chain of exchanges', () => {
  it('S76: gains no scope, no role and no time, goes where each client may go, and names everybody it passed', () => {
    let longest = 0;
    fc.assert(
      fc.property(subjects, hops, (from, chain) => {
        let token = subjectOf(from as Partial<AccessClaims>);
        let now = START;
        let passed: string[] = [];
        for (const { client: registered, asked, later, held } of chain) {
          const client = clientOf(registered);
          now += later;
          let next: AccessClaims;
          try {
            const grant = delegation(token, client, asked, settings);
            next = delegatedClaims(token, { roles: held, email_verified: true }, grant, at(now), settings);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
            continue;
          }
          const is = client.first_party ? [client.client_id, ...client.audiences] : [client.client_id];
          expect(listed(token.aud).some((name) => is.includes(name))).toBe(true);
          expect(client.audiences).toEqual(expect.arrayContaining(listed(next.aud)));
          expect(scopesIn(token)).toEqual(expect.arrayContaining(scopesIn(next)));
          expect(client.scopes).toEqual(expect.arrayContaining(scopesIn(next)));
          expect(scopesIn(next)).not.toContain('account');
          expect(token.roles).toEqual(expect.arrayContaining([...next.roles]));
          expect(held).toEqual(expect.arrayContaining([...next.roles]));
          expect(next.exp).toBeLessThanOrEqual(token.exp);
          expect(next.exp - next.iat).toBeLessThanOrEqual(client.access_token_seconds ?? settings.accessTokenSeconds);
          const { sub, sid, auth_time, acr, amr } = token;
          expect(next).toMatchObject({ sub, sid, auth_time, acr, amr, client_id: client.client_id });
          passed = [client.client_id, ...passed];
          expect(actorsOf(next)).toEqual(passed);
          longest = Math.max(longest, passed.length);
          token = next;
        }
      }),
      { numRuns: 2_000 },
    );
    // Chains that were refused at once would prove nothing.
    expect(longest).toBeGreaterThanOrEqual(3);
  });

  it('ends after eight clients', () => {
    const client = clientOf({ audiences: ['a'] });
    let token = subjectOf();
    const pass = () => {
      const grant = delegation(token, client, { resource: [] }, settings);
      token = delegatedClaims(token, token, grant, at(START), settings);
    };
    for (let passes = 0; passes < 8; passes++) pass();
    expect(pass).toThrow('passed on too often');
  });
});

function actorsOf({ act }: Pick<AccessClaims, 'act'>): string[] {
  return act ? [act.sub, ...actorsOf(act)] : [];
}

it.each<[string, Partial<AccessClaims>, Partial<Client>, object, string]>([
  ['is for somebody else', { aud: 'b' }, {}, {}, 'VALIDATION_ERROR'],
  ['is for an audience that a third party may ask for', { aud: 'b' }, { audiences: ['b'] }, {}, 'VALIDATION_ERROR'],
  [
    'is for setting a factor up',
    { aud: settings.issuer, scope: undefined },
    { first_party: true, audiences: [settings.issuer] },
    {},
    'VALIDATION_ERROR',
  ],
  ['is bound to a key', { cnf: { jkt: 'k' } } as object, {}, {}, 'VALIDATION_ERROR'],
  ['has not the scope', { scope: 'openid' }, {}, { scope: ['email'] }, 'SCOPE_INVALID'],
  ['is of a client that has not the scope', {}, { scopes: ['email'] }, { scope: ['openid'] }, 'SCOPE_INVALID'],
  ['is to open /v1', {}, { first_party: true }, { scope: ['account'] }, 'SCOPE_INVALID'],
  ['is to go where the client may not', {}, {}, { resource: ['c'] }, 'TARGET_INVALID'],
])('S76: a token that %s is exchanged for none', (_, claims, client, asked, code) => {
  const act = () => delegation(subjectOf(claims), clientOf(client), { resource: [], ...asked }, settings);
  expect(act).toThrow(expect.objectContaining({ code }));
});
