/** Secrets of a client change at the moment at which something else of it does: nothing of either is lost. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashSecret } from '../../functions/domain/client-secret.ts';
import { newId, type SecretId } from '../../functions/domain/ids.ts';
import { changeSecrets } from '../../functions/store/client-secrets.ts';
import { saveClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { administratorOf, clientOf, toSave } from '../support/client-calls.ts';
import { type Gate, gateCommits } from '../support/held-writes.ts';
import { contextAt, databaseOf } from '../support/outbox.ts';
import type { Service } from '../support/service.ts';
import { sharedService } from '../support/shared-service.ts';
import { newWorld, type World } from '../support/world.ts';

let service: Service;
let database: Database;
let gate: Gate;
beforeAll(async () => {
  service = await sharedService();
  database = await databaseOf(service);
  gate = await gateCommits(service);
});
afterAll(async () => {
  await gate.close();
  await service.stop();
});

/** A client with the secret `zero`. */
async function worldWithClient(): Promise<World> {
  const world = await newWorld(service, true);
  await saveClient(database, 'operator', toSave(world), 'create', contextAt(new Date(Date.now() - 60_000)));
  return world;
}
const rotation = (world: World, secret: string) => () =>
  changeSecrets(
    database,
    administratorOf(world),
    { clientId: clientOf(world), source: 'command' },
    { add: hashSecret(secret), secretId: newId<SecretId>() },
    contextAt(new Date()),
  );
const renaming = (world: World) => () =>
  saveClient(database, administratorOf(world), toSave(world, { name: 'Other' }), 'change', contextAt(new Date()));

async function stateOf(world: World) {
  const id = [clientOf(world)];
  const [client] = await service.sql('select name from clients where client_id = $1', id);
  const secrets = await service.sql('select secret_hash from client_secrets where client_id = $1', id);
  return { name: client?.name, secrets: secrets.map(({ secret_hash }) => secret_hash.toString('hex')).toSorted() };
}
const hashes = (...secrets: string[]) => secrets.map((secret) => hashSecret(secret).toString('hex')).toSorted();

it('S77: a rotation that waits for a change of the client keeps it, and the other way round', async () => {
  const [one, other] = [await worldWithClient(), await worldWithClient()];
  await gate.inOrder(renaming(one), rotation(one, 'new'));
  await gate.inOrder(rotation(other, 'new'), renaming(other));
  for (const world of [one, other]) {
    expect(await stateOf(world)).toEqual({ name: 'Other', secrets: hashes('zero', 'new') });
  }
});

it('S77: of two rotations at once, the second keeps the secret of the first', async () => {
  const world = await worldWithClient();
  await gate.inOrder(rotation(world, 'first'), rotation(world, 'second'));
  expect((await stateOf(world)).secrets).toEqual(hashes('first', 'second'));
});
