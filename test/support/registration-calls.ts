/** The statements of the store about clients that nobody here has made, and how a world has one. */
import { registrationHash } from '../../functions/domain/client-registration.ts';
import type { RegistrationTokenId } from '../../functions/domain/ids.ts';
import { saveClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { sweepIdleClients } from '../../functions/store/idle-clients.ts';
import {
  admitRegistration,
  createRegistrationToken,
  revokeRegistrationToken,
} from '../../functions/store/registration-tokens.ts';
import { removeClient } from '../../functions/store/removed-clients.ts';
import { clientOf, toSave } from './client-calls.ts';
import { contextAt } from './outbox.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, type StoreCall } from './writes.ts';

const hash = registrationHash('a token');
const itself = { tokenHash: hash };
const tokenOf = ({ own }: World) => own as string as RegistrationTokenId;
const ofItsOwn = (world: World, more: Parameters<typeof toSave>[1] = {}) => ({
  ...toSave(world, more),
  source: 'registration' as const,
});

/** The world's client, which has registered; nobody has used it since its time was over. */
export const registered = (world: World, _: unknown, database: Database) =>
  saveClient(
    database,
    'registration',
    { ...ofItsOwn(world), ownDoing: { registrationHash: hash, idleAt: new Date(Date.now() - 60_000) } },
    'create',
    contextAt(new Date(Date.now() - 120_000)),
  );

/** Of the world, as an operator has made it. */
export const aRegistrationToken = async (world: World, { sql }: { sql(text: string, values: unknown[]): unknown }) =>
  sql(
    `insert into registration_tokens (token_id, name, token_hash, created_at, expires_at)
    values ($1, 'Partner', $2, now(), now() + interval '1 day')`,
    [tokenOf(world), hash],
  );

export const registrationCalls: Readonly<Record<string, StoreCall>> = {
  'a client that registers': (world, context, database) =>
    saveClient(
      database,
      'registration',
      { ...ofItsOwn(world), ownDoing: { registrationHash: hash, idleAt: inADay() } },
      'create',
      context,
    ),
  'a registration that is replaced': (world, context, database) =>
    saveClient(database, itself, ofItsOwn(world, { name: 'Other' }), 'change', context),
  'a client that removes itself': (world, context, database) =>
    removeClient(database, itself, { clientId: clientOf(world), source: 'registration' }, context),
  'a client that nobody uses': (_, { now }, database) => sweepIdleClients(database, { days: 30, most: 10, now }),
  'a registration that is admitted': (world, context, database) =>
    admitRegistration(database, { limits: counted(world, context), tokenHash: hash }, context),
  'a token to register with': (world, context, database) =>
    createRegistrationToken(
      database,
      { tokenId: tokenOf(world), name: `of ${world.own}`, hash, expiresAt: inADay() },
      context,
    ),
  'a token to register with that is taken back': (world, context, database) =>
    revokeRegistrationToken(database, tokenOf(world), context),
};
