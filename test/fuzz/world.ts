/** Who and what a fuzzed request can name: accounts that act, and others that nobody may touch. */
import { clientKey } from '../support/client-assertions.ts';
import { newClient, type TestClient } from '../support/clients.ts';
import { exchange, formTo, newCode } from '../support/grants.ts';
import { authorizeQuery, consented, signedInBrowser } from '../support/oauth.ts';
import { visitor } from '../support/page-visitor.ts';
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

export interface World {
  /** An owner, somebody else, an administrator of the platform; each with a session that lives when a batch begins. */
  actors(): readonly [Actor, Actor, Actor];
  atClient(): AtClient;
  /** Makes the owner anew if the last requests ended the session, the password or the account. */
  reviveOwner(): Promise<void>;
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
  const reviveActor = async (index: 0 | 1 | 2) => {
    if ((await service.get('/v1/auth/me', actors[index].bearer)).status === 200) return;
    actors[index] = await newActor(service);
    if (index === 2) await administrate(actors[2]);
  };
  return {
    actors: () => actors,
    atClient: () => atClient,
    reviveOwner: () => reviveActor(0),
    async revive() {
      for (const index of [0, 1, 2] as const) await reviveActor(index);
      atClient = await inHand(service, clients, actors[0]);
    },
  };
}

export async function newActor(service: Service): Promise<Actor> {
  const person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const { body } = await service.get('/v1/auth/me', person.bearer);
  return { ...person, orgId: body.org_id };
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
