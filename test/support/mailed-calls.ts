/** The writing statements of links by mail beyond verification and reset. */
import { randomBytes } from 'node:crypto';
import { newId, type TokenId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { claimAccount } from '../../functions/store/claims.ts';
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
  'a claim by mail': ({ person, own }, context, database) =>
    claimAccount(
      database,
      { userId: person.userId, passwordEpoch: 0, once: oneUse('email-login', [own], inADay()) },
      context,
    ),
};
