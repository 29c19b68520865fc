/** The statements of changes of address. */
import { newId, type TokenId } from '../../functions/domain/ids.ts';
import type { ChangePurpose, OneTimeToken } from '../../functions/domain/one-time-token.ts';
import { confirmEmailChange } from '../../functions/store/email-change-proof.ts';
import { undoEmailChange } from '../../functions/store/email-change-undo.ts';
import { askForEmailChange, cancelEmailChange } from '../../functions/store/email-changes.ts';
import type { Service } from './service.ts';
import { defaultSettings as settings } from './settings.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, type StoreCall } from './writes.ts';

const ids = new WeakMap<World, TokenId>();
/** The same in each try. */
const changeOf = (world: World): TokenId => {
  const known = ids.get(world) ?? newId<TokenId>();
  ids.set(world, known);
  return known;
};
const tokenOf = (world: World, purpose: ChangePurpose): OneTimeToken => ({
  purpose,
  tokenId: changeOf(world),
  userId: world.person.userId,
  expiresAt: inADay(),
});
const newAddress = ({ person }: World) => `new-${person.email}`;

export const emailChangeCalls: Readonly<Record<string, StoreCall>> = {
  'a change of address that is asked for': (world, context, database) =>
    askForEmailChange(
      database,
      world.person.claims,
      { changeId: changeOf(world), email: newAddress(world), mailboxKey: Buffer.of(1), expiresAt: inADay() },
      counted(world, context),
      settings,
      context,
    ),
  'a change of address that is taken back': ({ person }, context, database) =>
    cancelEmailChange(database, person.claims, context),
  'a change of address that is confirmed': (world, context, database) =>
    confirmEmailChange(database, tokenOf(world, 'change_email'), context),
  'a change of address that is cancelled': (world, context, database) =>
    undoEmailChange(database, tokenOf(world, 'undo_email'), context),
  'a change of address that is undone': (world, context, database) =>
    undoEmailChange(database, tokenOf(world, 'undo_email'), context),
};

/** Asked for by the person's session, and perhaps made. */
export const aChange =
  (isMade = false) =>
  async (world: World, service: Service): Promise<void> => {
    await service.sql(
      `insert into email_changes (
        change_id, user_id, session_id, password_epoch, old_email, old_email_key, old_verified_at, new_email, new_email_key,
        new_mailbox_key, requested_at, expires_at, confirmed_at, confirmation_id
      )
      select
        $1, user_id, $2, password_epoch, email, email_key, now(), $3, $3, '\\x01', now() - interval '1 minute',
        now() + interval '1 day', case when $4 then now() end, case when $4 then $1::uuid end
      from users
      where user_id = $5`,
      [changeOf(world), world.person.claims.sid, newAddress(world), isMade, world.person.userId],
    );
    if (!isMade) return;
    await service.sql(
      'update users set email = $2, email_key = $2, password_epoch = password_epoch + 1 where user_id = $1',
      [world.person.userId, newAddress(world)],
    );
    await service.sql('update sessions set password_epoch = password_epoch + 1 where user_id = $1', [
      world.person.userId,
    ]);
  };
