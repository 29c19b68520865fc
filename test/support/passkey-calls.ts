/** The writing statements of the store about passkeys. */
import { randomBytes } from 'node:crypto';
import { type FactorId, newId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { addPasskey, beginPasskey } from '../../functions/store/passkey-enrolment.ts';
import { findPasskey } from '../../functions/store/passkey-login.ts';
import { listPasskeys, removePasskey, renamePasskey } from '../../functions/store/passkeys.ts';
import type { Service } from './service.ts';
import { defaultSettings as settings } from './settings.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, type StoreCall } from './writes.ts';

const ids = new WeakMap<World, { readonly factorId: FactorId; readonly credentialId: Buffer }>();
/** The same in each try. */
const idsOf = (world: World) => {
  const known = ids.get(world) ?? { factorId: newId<FactorId>(), credentialId: randomBytes(32) };
  ids.set(world, known);
  return known;
};

export const passkeyCalls: Readonly<Record<string, StoreCall>> = {
  'a passkey begun': ({ person }, context, database) =>
    beginPasskey(database, person.claims, Buffer.alloc(32, 7), settings, context),
  'a passkey added': (world, context, database) =>
    addPasskey(
      database,
      world.person.claims,
      {
        ...idsOf(world),
        name: 'Phone',
        publicKey: Buffer.of(1),
        algorithm: -7,
        aaguid: '00'.repeat(16),
        rpId: 'localhost',
        signCount: 0,
        mayBackUp: true,
        isBackedUp: true,
        transports: ['internal', 'hybrid'],
        once: oneUse('passkey-challenge', [idsOf(world).factorId], inADay()),
      },
      context,
    ),
  'a list of passkeys': ({ person }, context, database) => listPasskeys(database, person.claims, context),
  'a passkey named': (world, context, database) =>
    renamePasskey(database, world.person.claims, { factorId: idsOf(world).factorId, name: 'Tablet' }, context),
  'a passkey looked for': (world, context, database) =>
    findPasskey(database, idsOf(world).credentialId, counted(world, context), context),
  'a passkey removed': (world, context, database) =>
    removePasskey(database, world.person.claims, idsOf(world).factorId, settings, context),
};

/** A passkey of the person, whose session has shown it. */
export async function aPasskey(world: World, service: Service): Promise<void> {
  const { factorId, credentialId } = idsOf(world);
  await service.sql(
    `insert into factors (
       factor_id, user_id, kind, credential_id, public_key, sign_count, may_back_up, is_backed_up, confirmed_at, created_at
     )
     values ($1, $2, 'passkey', $3, '\\x01', 0, true, true, now(), now())`,
    [factorId, world.person.userId, credentialId],
  );
  await service.sql(
    `update sessions set amr = '{pwd,pop,user,mfa}', level_at = now(), level_until = now() + interval '1 hour'
     where session_id = $1`,
    [world.person.claims.sid],
  );
}
