/** What routes of passkeys may spend. */
import { createPasskey } from './authenticator.ts';
import type { Row } from './page-budgets.ts';
import {
  type Assertion,
  behaviourAt,
  givePasskey,
  loginChallenge,
  type OwnPasskey,
  registrationOf,
  sendAssertion,
  surely,
} from './passkeys.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

interface Owner {
  readonly person: Person;
  readonly passkey: OwnPasskey;
}

export const passkeyBudgets = (service: () => Service): Readonly<Record<string, Row>> => {
  const newPerson = () => registerAndLogin(service());
  const withPasskey = async () => {
    const person = await newPerson();
    return { person, passkey: await givePasskey(service(), person) };
  };
  return {
    'GET /.well-known/webauthn': { database: 0, request: () => service().get('/.well-known/webauthn') },
    'POST /v1/auth/passkeys/options': {
      database: 1,
      given: newPerson,
      request: ({ bearer }: Person) => service().post('/v1/auth/passkeys/options', undefined, bearer),
    },
    'POST /v1/auth/passkeys/reauthenticate-options': {
      database: 1,
      given: withPasskey,
      request: ({ person: { bearer } }: Owner) =>
        service().post('/v1/auth/passkeys/reauthenticate-options', undefined, bearer),
    },
    'GET /v1/auth/passkeys': {
      database: 1,
      given: withPasskey,
      request: ({ person: { bearer } }: Owner) => service().get('/v1/auth/passkeys', bearer),
    },
    'POST /v1/auth/passkeys': {
      database: 1,
      given: async () => {
        const person = await newPerson();
        const { body } = await service().post('/v1/auth/passkeys/options', undefined, person.bearer);
        const made = createPasskey(Buffer.from(body.options.challenge, 'base64url'), behaviourAt(service()));
        return { person, credential: registrationOf(made) };
      },
      request: ({ person: { bearer }, credential }: { person: Person; credential: object }) =>
        service().post('/v1/auth/passkeys', { credential }, bearer),
    },
    'PUT /v1/auth/passkeys/{passkey_id}': {
      database: 1,
      given: withPasskey,
      request: ({ person: { bearer }, passkey: { id } }: Owner) =>
        service().put(`/v1/auth/passkeys/${id}`, { name: 'Phone' }, bearer),
    },
    'DELETE /v1/auth/passkeys/{passkey_id}': {
      database: 1,
      given: async () => {
        const { person, passkey } = await withPasskey();
        return { person: { ...person, ...(await surely(service(), passkey)) }, passkey };
      },
      request: ({ person: { bearer }, passkey: { id } }: Owner) =>
        service().delete(`/v1/auth/passkeys/${id}`, undefined, bearer),
    },
    'POST /v1/auth/passkeys/login-options': {
      database: 0,
      request: () => service().post('/v1/auth/passkeys/login-options'),
    },
    // S83: the challenge is spent by the statement that opens the session.
    'POST /v1/auth/passkeys/login': {
      database: 2,
      signatures: 1,
      given: async () => (await withPasskey()).passkey.assertion(await loginChallenge(service())),
      request: (assertion: Assertion) => sendAssertion(service(), assertion),
    },
  };
};
