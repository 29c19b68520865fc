/** The writing statements of the store about factors. */
import { createHash, randomUUID } from 'node:crypto';
import type { SecondFactor } from '../../functions/domain/authentication-level.ts';
import type { FactorId, TokenId } from '../../functions/domain/ids.ts';
import { oneUse } from '../../functions/domain/one-use.ts';
import { findOwnAccount } from '../../functions/store/account-overview.ts';
import { countOwnTry, countTry } from '../../functions/store/factor-guesses.ts';
import { recordMiss } from '../../functions/store/factor-misses.ts';
import { resetFactors, resetFactorsByOperator } from '../../functions/store/factor-resets.ts';
import { byPassword, openSession } from '../../functions/store/logins.ts';
import { listFactors } from '../../functions/store/own-factors.ts';
import { reauthenticateByFactor } from '../../functions/store/reauthentication.ts';
import { makeRecoveryCodes } from '../../functions/store/recovery-codes.ts';
import { reseal } from '../../functions/store/sealed-factors.ts';
import { beginTotp, confirmTotp, findNewTotp, removeTotp } from '../../functions/store/totp.ts';
import { raise } from './levels.ts';
import type { Service } from './service.ts';
import { defaultSettings as settings } from './settings.ts';
import { counted, exhausted } from './store-calls.ts';
import type { World } from './world.ts';
import { inADay, newSession, type StoreCall } from './writes.ts';

const tried = ({ person: { userId } }: World, kind: SecondFactor = 'totp') =>
  ({ userId, passwordEpoch: 0, kind, credentialId: null, of: randomUUID() }) as const;

const idOf = (org: string) => org as unknown as FactorId;
const secretOf = (org: string) => createHash('sha256').update(org).digest();

export const factorCalls: Readonly<Record<string, StoreCall>> = {
  'a try of a second factor': (world, context, database) =>
    countTry(database, tried(world), counted(world, context), settings, context),
  'a try of a second factor that is over a limit': (world, context, database) =>
    countTry(database, tried(world), exhausted(world, context), settings, context),
  'a try of a second factor in a session': (world, context, database) =>
    countOwnTry(database, world.person.claims, tried(world), counted(world, context), settings, context),
  'a code in a session': async ({ person, own }, context, database) =>
    (
      await reauthenticateByFactor(
        database,
        person.claims,
        {
          passwordEpoch: 0,
          kind: 'recovery',
          factor: { kind: 'recovery', factorId: idOf(own), codeHash: secretOf(own) },
          once: null,
        },
        context,
      )
    )?.user_id,
  'a login with a code': ({ person, own }, context, database) =>
    openSession(
      database,
      {
        userId: person.userId,
        email: person.email,
        orgId: null,
        deviceName: 'new',
        session: newSession(),
        shown: {
          amr: ['pwd', 'otp', 'mfa'],
          factor: { kind: 'totp', factorId: idOf(own), step: 7 },
          once: oneUse('second-factor', [own], inADay()),
        },
        passwordEpoch: 0,
        upgradedHash: null,
        guessKey: person.addressKey,
        knownDevice: true,
      },
      [],
      context,
    ),
  'a login with the link that gives factors back': ({ person, own }, context, database) =>
    openSession(
      database,
      {
        userId: person.userId,
        email: person.email,
        orgId: null,
        deviceName: 'new',
        session: newSession(),
        shown: {
          ...byPassword,
          link: {
            purpose: 'reset_factors',
            tokenId: own as unknown as TokenId,
            userId: person.userId,
            expiresAt: inADay(),
          },
        },
        passwordEpoch: 0,
        upgradedHash: null,
        guessKey: person.addressKey,
        knownDevice: true,
      },
      [],
      context,
    ),
  'factors that an administrator takes': ({ admin, person }, context, database) =>
    resetFactors(database, admin.claims, { userId: person.userId, reason: 'lost' }, settings, context),
  'factors that a command takes': ({ person }, context, database) =>
    resetFactorsByOperator(database, person.email, 'lost', settings, { ...context, ipAddress: null }),
  'an app that is sealed again': async ({ person, own }, _, database) =>
    reseal(database, [
      {
        factor_id: idOf(own),
        user_id: person.userId,
        secret: secretOf(own),
        new_secret: null,
        before: { secret: Buffer.of(1), new_secret: null },
      },
    ]),
  'a wrong code': ({ person: { userId, email } }, context, database) =>
    recordMiss(database, { userId, email, kind: 'totp' }, context),
  'an account as its pages show it': ({ browser }, { now }, database) =>
    findOwnAccount(database, browser, settings, now),
  'a list of factors': ({ person }, context, database) => listFactors(database, person.claims, context),
  'an authenticator app that is begun': ({ person, own }, context, database) =>
    beginTotp(
      database,
      person.claims,
      { factorId: idOf(own), secret: secretOf(own), until: inADay() },
      settings,
      context,
    ),
  'a try to confirm an authenticator app': async (world, context, database) =>
    (await findNewTotp(database, world.person.claims, counted(world, context), context))?.exceeded,
  'an authenticator app that is confirmed': ({ person, own }, context, database) =>
    confirmTotp(database, person.claims, { secret: secretOf(own), step: 7 }, context),
  'an authenticator app that is removed': ({ person }, context, database) =>
    removeTotp(database, person.claims, settings, context),
  'recovery codes that are made': ({ person, own, shared }, context, database) =>
    makeRecoveryCodes(database, person.claims, { factorId: idOf(shared), hashes: [secretOf(own)] }, settings, context),
};

/** Factors to take, and a password beside them. */
export const anAppAndAPassword = async (world: World, service: Service) => {
  await anApp(world, service);
  await service.sql(`update users set password_hash = 'known' where user_id = $1`, [world.person.userId]);
};

/** The link that was mailed when the person's factors were taken. */
export const aFactorsLink = ({ person, own }: World, service: Service) =>
  service.sql(
    `insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
     values ($1, $2, 'reset_factors', now(), now() + interval '1 day')`,
    [own, person.userId],
  );

/** One that the person sets up. */
export const aNewApp = ({ person, own }: World, service: Service) =>
  service.sql(
    `insert into factors (factor_id, user_id, kind, new_secret, new_secret_until, created_at)
     values ($1, $2, 'totp', $3, now() + interval '1 minute', now())`,
    [randomUUID(), person.userId, secretOf(own)],
  );

/** A session that is sure enough for what is done to factors. */
export const anAppAtLevel2 = async (world: World, service: Service) => {
  await anApp(world, service);
  await raise(service, { sessionId: world.person.claims.sid });
};

/** An authenticator app of the person. */
export const anApp = ({ person, own }: World, service: Service) =>
  service.sql(
    `insert into factors (factor_id, user_id, kind, secret, confirmed_at, created_at)
     values ($1, $2, 'totp', '\\x01', now(), now())`,
    [idOf(own), person.userId],
  );

/** A recovery code of the person. */
export const aCode = ({ person, own }: World, service: Service) =>
  service.sql(
    `insert into factors (factor_id, user_id, kind, code_hashes, confirmed_at, created_at)
     values ($1, $2, 'recovery', array[$3::bytea], now(), now())`,
    [idOf(own), person.userId, secretOf(own)],
  );
