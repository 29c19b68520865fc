/** The statements of logins by mail. */
import { randomBytes } from 'node:crypto';
import { newId, type TokenId } from '../../functions/domain/ids.ts';
import { type AskedLogin, askForEmailLogin } from '../../functions/store/email-logins.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, type StoreCall } from './writes.ts';

const loginByMailOf = ({ person }: World): AskedLogin => ({
  emailKey: person.email,
  device: null,
  deviceKey: null,
  tokenId: newId<TokenId>(),
  loginHash: randomBytes(32),
  browser: crypto.randomUUID(),
  expiresAt: inADay(),
});

export const mailedCalls: Readonly<Record<string, StoreCall>> = {
  'a login by mail that is asked for': (world, context, database) =>
    askForEmailLogin(database, loginByMailOf(world), counted(world, context), context),
  'a login by mail that nobody gets': (world, context, database) =>
    askForEmailLogin(
      database,
      { ...loginByMailOf(world), emailKey: 'nobody@example.com' },
      counted(world, context),
      context,
    ),
};
