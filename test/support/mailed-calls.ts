/** The statements of logins by mail. */
import { randomBytes } from 'node:crypto';
import { mailedLoginEnd } from '../../functions/domain/email-login.ts';
import { newId, type TokenId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { type AskedLogin, askForEmailLogin } from '../../functions/store/email-logins.ts';
import { mailSecondCode } from '../../functions/store/mailed-second-codes.ts';
import { reauthenticateByFactor } from '../../functions/store/reauthentication.ts';
import { defaultSettings } from './settings.ts';
import { counted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, type StoreCall } from './writes.ts';

const settings = { ...defaultSettings, mailAsSecondFactor: 'level2' } as const;

const loginByMailOf = ({ person }: World): AskedLogin => ({
  emailKey: person.email,
  device: null,
  deviceKey: null,
  tokenId: newId<TokenId>(),
  loginHash: randomBytes(32),
  askedBy: crypto.randomUUID(),
  expiresAt: inADay(),
});

export const mailedCalls: Readonly<Record<string, StoreCall>> = {
  'a login by mail that is asked for': (world, context, database) =>
    askForEmailLogin(database, loginByMailOf(world), counted(world, context), context),
  'a second code that is mailed': (world, context, database) =>
    mailSecondCode(
      database,
      { userId: world.person.userId, passwordEpoch: 0 },
      loginByMailOf(world),
      counted(world, context),
      settings,
      context,
    ),
  'a second code that is mailed in a session': (world, context, database) =>
    mailSecondCode(database, world.person.claims, loginByMailOf(world), counted(world, context), settings, context),
  'a second code in a session': async ({ person, own }, context, database) =>
    (
      await reauthenticateByFactor(
        database,
        person.claims,
        {
          passwordEpoch: 0,
          kind: 'email',
          factor: null,
          once: oneUse('email-login', [own], mailedLoginEnd(context.now)),
        },
        context,
      )
    )?.user_id,
  'a login by mail that nobody gets': (world, context, database) =>
    askForEmailLogin(
      database,
      { ...loginByMailOf(world), emailKey: 'nobody@example.com' },
      counted(world, context),
      context,
    ),
};
