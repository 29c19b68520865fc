/** The writing statements of the store about factors. */
import { randomUUID } from 'node:crypto';
import type { SecondFactor } from '../../functions/domain/authentication-level.ts';
import { countTry, recordMiss } from '../../functions/store/factor-guesses.ts';
import type { Service } from './service.ts';
import { counted, exhausted } from './store-calls.ts';
import type { World } from './world.ts';
import type { StoreCall } from './writes.ts';

const tried = ({ person: { userId } }: World, kind: SecondFactor = 'totp') =>
  ({ userId, passwordEpoch: 0, kind, credentialId: null }) as const;

export const factorCalls: Readonly<Record<string, StoreCall>> = {
  'a try of a second factor': (world, context, database) =>
    countTry(database, tried(world), counted(world, context), context),
  'a try of a second factor that is over a limit': (world, context, database) =>
    countTry(database, tried(world), exhausted(world, context), context),
  'a wrong code': ({ person: { userId, email } }, context, database) =>
    recordMiss(database, { userId, email, kind: 'totp' }, context),
};

/** An authenticator app of the person. */
export const anApp = ({ person }: World, service: Service) =>
  service.sql(
    `insert into factors (factor_id, user_id, kind, secret, confirmed_at, created_at)
     values ($1, $2, 'totp', '\\x01', now(), now())`,
    [randomUUID(), person.userId],
  );
