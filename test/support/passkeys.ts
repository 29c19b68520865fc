/** Passkeys for tests: a person's, made over HTTP by an authenticator in software, and what their owner shows. */
import type { FactorId } from '../../functions/domain/ids.ts';
import { type Behaviour, createPasskey } from './authenticator.ts';
import { plain } from './page-visitor.ts';
import type { Person } from './people.ts';
import type { Answer, Service } from './service.ts';

const base64url = (bytes: Buffer) => bytes.toString('base64url');
const bytesOf = (text: string) => Buffer.from(text, 'base64url');

type Authenticator = ReturnType<typeof createPasskey>;

export const registrationOf = (
  { credentialId, creation }: Pick<Authenticator, 'credentialId' | 'creation'>,
  transports = ['internal'],
) => ({
  id: base64url(credentialId),
  rawId: base64url(credentialId),
  type: 'public-key',
  clientExtensionResults: {},
  response: {
    clientDataJSON: base64url(creation.clientDataJSON),
    attestationObject: base64url(creation.attestationObject),
    transports,
  },
});

export interface OwnPasskey {
  readonly id: FactorId;
  readonly credentialId: string;
  readonly userHandle: string;
  /** As `navigator.credentials.get` does, in JSON. */
  assertion(challenge: string, changed?: Partial<Behaviour>): Assertion;
}

export interface Assertion {
  readonly id: string;
  readonly type: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string;
  };
}

export const behaviourAt = (service: Service): Behaviour => ({
  origin: new URL(service.url).origin,
  rpId: new URL(service.url).hostname,
});

/** @throws Error unless the service gives options and keeps the passkey */
export async function givePasskey(
  service: Service,
  { bearer }: Pick<Person, 'bearer'>,
  more: Partial<Behaviour> & { readonly name?: string } = {},
): Promise<OwnPasskey> {
  const asked = await service.post('/v1/auth/passkeys/options', undefined, bearer);
  if (asked.status !== 200) throw new Error(`options answered ${JSON.stringify(asked.body)}`);
  const { name, ...changed } = more;
  const { challenge, user } = asked.body.options;
  const authenticator = createPasskey(bytesOf(challenge), { ...behaviourAt(service), ...changed });
  const kept = await service.post('/v1/auth/passkeys', { credential: registrationOf(authenticator), name }, bearer);
  if (kept.status !== 201) throw new Error(`keeping a passkey answered ${JSON.stringify(kept.body)}`);
  return {
    id: kept.body.passkey_id,
    credentialId: base64url(authenticator.credentialId),
    userHandle: user.id,
    assertion(next, changedNow) {
      const { clientDataJSON, authenticatorData, signature } = authenticator.assert(bytesOf(next), changedNow);
      return {
        id: base64url(authenticator.credentialId),
        type: 'public-key',
        response: {
          clientDataJSON: base64url(clientDataJSON),
          authenticatorData: base64url(authenticatorData),
          signature: base64url(signature),
          userHandle: user.id,
        },
      };
    },
  };
}

export const loginChallenge = async (service: Service): Promise<string> =>
  (await service.post('/v1/auth/passkeys/login-options')).body.options.challenge;

export const sendAssertion = (service: Service, assertion: Assertion, more: object = {}): Promise<Answer> =>
  service.post('/v1/auth/passkeys/login', { assertion, ...more });

/** Signs in with it. */
export const passkeyLogin = async (
  service: Service,
  passkey: OwnPasskey,
  changed: Partial<Behaviour> = {},
  more: object = {},
): Promise<Answer> => sendAssertion(service, passkey.assertion(await loginChallenge(service), changed), more);

/** @returns a session that is as sure as can be, as a bearer */
export async function surely(service: Service, passkey: OwnPasskey): Promise<Pick<Person, 'bearer'>> {
  const { status, body } = await passkeyLogin(service, passkey);
  if (status !== 200) throw new Error(`a passkey's login answered ${JSON.stringify(body)}`);
  return { bearer: { authorization: `Bearer ${body.access_token}` } };
}

/** The challenge of a page that asks for a passkey. @throws Error for a page that does not */
export function challengeIn({ body }: Pick<Answer, 'body'>): string {
  const [, options] = /data-passkey-get="([^"]*)"/.exec(String(body)) ?? [];
  if (options === undefined) throw new Error('the page asks for no passkey');
  return JSON.parse(plain(options)).challenge;
}
