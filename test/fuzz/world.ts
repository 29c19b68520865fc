/** Who and what a fuzzed request can name: accounts that act, and others that nobody may touch. */

import { createPasskey } from '../support/authenticator.ts';
import { clientKey } from '../support/client-assertions.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { giveApp, giveRecoveryCodes } from '../support/factors.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { raise } from '../support/levels.ts';
import { authorizeQuery, consented, signedInBrowser } from '../support/oauth.ts';
import { visitor } from '../support/page-visitor.ts';
import { behaviourAt, givePasskey, loginChallenge, registrationOf } from '../support/passkeys.ts';
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';

export interface Actor extends Person {
  readonly orgId: string;
}

/** What a client of somebody else has in hand, and the browser of its user: the owner. */
export interface AtClient {
  readonly client: TestClient;
  /** By field of a form or query, such as `code`. */
  readonly fields: Readonly<Record<string, string>>;
  /** Of a browser that is signed in, and has shown a form. */
  readonly cookie: string;
}

type Factors = Readonly<Record<string, readonly (() => string)[]>>;

export interface World {
  /** An owner, somebody else, an administrator of the platform; each with a session that lives when a batch begins. */
  actors(): readonly [Actor, Actor, Actor];
  atClient(): AtClient;
  /** What the owner shows of factors, by field of a body or path, such as `mfa_token`; each is made when it is drawn. */
  factors(): Factors;
  /** Makes the owner anew if the last requests ended the session, the password or the account. */
  reviveOwner(): Promise<void>;
  reviveActors(): Promise<void>;
  /** All actors, and what a client has in hand, which takes twenty requests. */
  revive(): Promise<void>;
}

export async function createWorld(service: Service): Promise<World> {
  const administrate = async ({ userId }: Actor) => {
    await service.sql(`update users set platform_roles = '{admin}' where user_id = $1`, [userId]);
    // They act at level 2 alone.
    await service.sql(
      `update sessions set level_at = now(), level_until = now() + interval '1 day' where user_id = $1`,
      [userId],
    );
  };
  const actors: [Actor, Actor, Actor] = [await newActor(service), await newActor(service), await newActor(service)];
  await administrate(actors[2]);
  const clients = await newClients(service);
  let atClient = await inHand(service, clients, actors[0]);
  let factors = await factorsOf(service, actors[0]);
  const reviveActor = async (index: 0 | 1 | 2) => {
    if ((await service.get('/v1/auth/me', actors[index].bearer)).status === 200) return;
    actors[index] = await newActor(service);
    if (index === 0) factors = await factorsOf(service, actors[0]);
    if (index === 2) await administrate(actors[2]);
  };
  const reviveActors = async () => {
    for (const index of [0, 1, 2] as const) await reviveActor(index);
  };
  return {
    actors: () => actors,
    atClient: () => atClient,
    factors: () => factors,
    reviveOwner: () => reviveActor(0),
    reviveActors,
    async revive() {
      await reviveActors();
      atClient = await inHand(service, clients, actors[0]);
    },
  };
}

export async function newActor(service: Service): Promise<Actor> {
  const person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const { body } = await service.get('/v1/auth/me', person.bearer);
  return { ...person, orgId: body.org_id };
}

/** Gives them to the owner, whose session has shown them. */
async function factorsOf(service: Service, owner: Actor): Promise<Factors> {
  const passkey = await givePasskey(service, owner);
  const app = await giveApp(service, owner.userId);
  const codes = await giveRecoveryCodes(service, owner.userId);
  await raise(service, owner);
  const asked = await service.post('/v1/auth/passkeys/options', undefined, owner.bearer);
  const made = createPasskey(Buffer.from(asked.body.options.challenge, 'base64url'), behaviourAt(service));
  const registration = registrationOf(made).response;
  const { body } = await service.post('/v1/auth/login', { email: owner.email, password: owner.password });
  const { id, response } = passkey.assertion(await loginChallenge(service));
  const second = passkey.assertion(body.passkey_options.challenge).response;
  const both = (name: 'authenticatorData' | 'signature') => [() => response[name], () => second[name]];
  return {
    mfa_token: [() => body.mfa_token],
    code: [() => app.code(), () => codes[0] ?? '', () => codes.shift() ?? ''],
    passkey_id: [() => passkey.id],
    id: [() => id, () => passkey.id, () => owner.sessionId],
    clientDataJSON: [() => response.clientDataJSON, () => second.clientDataJSON, () => registration.clientDataJSON],
    authenticatorData: both('authenticatorData'),
    signature: both('signature'),
    userHandle: [() => passkey.userHandle],
    attestationObject: [() => registration.attestationObject],
  };
}

const scopes = ['openid', 'email', 'offline_access'];
interface Clients {
  readonly client: TestClient;
  readonly signing: TestClient;
  readonly key: Awaited<ReturnType<typeof clientKey>>;
}

async function newClients(service: Service): Promise<Clients> {
  const key = await clientKey('one');
  const client = await newClient(service, 'confidential', { scopes });
  return { client, key, signing: await newClient(service, 'confidential', { scopes, jwks: { keys: [key.jwk] } }) };
}

async function inHand(service: Service, { client, signing, key }: Clients, owner: Actor): Promise<AtClient> {
  const given = await exchange(service, client, await newCode(service, owner, client, { scope: scopes }));
  const pushed = await formTo(service, '/oauth/par', client, {
    ...Object.fromEntries(new URLSearchParams(authorizeQuery(client))),
  });
  const browser = visitor(service);
  await browser.open(`/oauth/authorize?${authorizeQuery(client)}`);
  const request = new URL(browser.location(), service.url).searchParams.get('request') ?? '';
  const { body } = await browser.open(browser.location());
  const { headers } = await signedInBrowser(service, owner);
  await service.sql('delete from consents where user_id = $1', [owner.userId]);
  await consented(service, owner, client, { scopes });
  const [, formToken = ''] = /name="form_token" value="([^"]*)"/.exec(String(body)) ?? [];
  return {
    client,
    cookie: `${headers.cookie}; form=${browser.cookies.get('form')}`,
    fields: {
      client_id: client.clientId,
      client_secret: client.secret,
      client_assertion: await key.sign(signing.clientId, service.url),
      redirect_uri: client.redirectUri,
      code: await newCode(service, owner, client, { scope: scopes }),
      refresh_token: given.body.refresh_token,
      access_token: given.body.access_token,
      token: given.body.access_token,
      id_token_hint: given.body.id_token,
      request_uri: pushed.body.request_uri,
      request,
      continue: request,
      form_token: formToken,
      account: owner.userId,
    },
  };
}
