/** Who and what a fuzzed request can name: accounts that act, and others that nobody may touch. */
import { type Person, registerAndLogin } from '../support/people.ts';
import type { Service } from '../support/service.ts';

export interface Actor extends Person {
  readonly orgId: string;
}

export interface World {
  /** An owner, somebody else, an administrator of the platform; each with a session that lives when a batch begins. */
  actors(): readonly [Actor, Actor, Actor];
  /** Makes anew whoever's session, password or account the last batch ended. */
  revive(): Promise<void>;
}

export async function createWorld(service: Service): Promise<World> {
  const administrate = ({ userId }: Actor) =>
    service.sql(`update users set platform_roles = '{admin}' where user_id = $1`, [userId]);
  const actors: [Actor, Actor, Actor] = [await newActor(service), await newActor(service), await newActor(service)];
  await administrate(actors[2]);
  return {
    actors: () => actors,
    async revive() {
      for (const index of [0, 1, 2] as const) {
        if ((await service.get('/v1/auth/me', actors[index].bearer)).status === 200) continue;
        actors[index] = await newActor(service);
        if (index === 2) await administrate(actors[2]);
      }
    },
  };
}

export async function newActor(service: Service): Promise<Actor> {
  const person = await registerAndLogin(service, { organization_name: 'Norra skolan' });
  const { body } = await service.get('/v1/auth/me', person.bearer);
  return { ...person, orgId: body.org_id };
}
