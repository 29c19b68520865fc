/** What has to be in a world before some calls of the store change anything. */

import { hashSecret } from '../../functions/domain/client-secret.ts';
import { DEVICE_GRANT } from '../../functions/domain/device-code.ts';
import { newId, type SecretId } from '../../functions/domain/ids.ts';
import { take } from '../../functions/packages/inbox/index.ts';
import { comparable } from '../../functions/store/authorization-conditions.ts';
import { changeSecrets } from '../../functions/store/client-secrets.ts';
import { saveClient } from '../../functions/store/clients.ts';
import type { Database } from '../../functions/store/database.ts';
import { admit } from '../../functions/store/rate-limits.ts';
import { clientOf, LOGO_URI, toSave } from './client-calls.ts';
import { aChange } from './email-change-calls.ts';
import { aCode, aFactorsLink, aNewApp, anApp, anAppAndAPassword, anAppAtLevel2 } from './factor-calls.ts';
import { codeOf } from './grant-calls.ts';
import { claim, takeTheirs } from './job-calls.ts';
import { askedBy, consentOf, pushedOf } from './oauth-calls.ts';
import { contextAt } from './outbox.ts';
import { aPasskey } from './passkey-calls.ts';
import { aRegistrationToken, registered } from './registration-calls.ts';
import type { Service } from './service.ts';
import { exhausted } from './store-calls.ts';
import type { World } from './world.ts';
import { present } from './writes.ts';

type Preparation = (world: World, service: Service, database: Database) => Promise<unknown>;

const ago = (seconds: number) => contextAt(new Date(Date.now() - seconds * 1000));
const exhaust: Preparation = (world, _, database) => {
  const context = ago(2);
  return admit(database, exhausted(world, context), context);
};
const inHand: Preparation = (world, _, database) => take(database, claim(world), 60);
/** An event with the person's id, which a relay has claimed; or which is dead. */
const event =
  (columns: string, values: string): Preparation =>
  ({ person, own }, service) =>
    service.sql(
      `insert into event_outbox
      (event_id, topic, aggregate_type, aggregate_id, sequence, correlation_id, data, occurred_at, available_at, ${columns})
    values ($1, 'huleedu.identity.login.failed.v1', 'login_attempt', $1, 1, $2, '{}', now(), now(), ${values})`,
      [person.userId, own],
    );

/** The calls before which nobody has proved the person's address. */
export const unproved: ReadonlySet<string> = new Set([
  'proves the address',
  'resets the password',
  'an unverified login',
  'a verification link',
  'claims it by mail',
  'a guess of a code',
  'a registration of an unproved address',
  'the owner disowns',
  'the sweep of accounts that nobody proved',
]);

const aClient: Preparation = (world, _, database) => saveClient(database, 'operator', toSave(world), 'create', ago(60));
const aClientWithLogo: Preparation = (world, _, database) =>
  saveClient(database, 'operator', toSave(world, { logo_uri: LOGO_URI }), 'create', ago(60));
const twoSecrets: Preparation = async (world, service, database) => {
  await aClient(world, service, database);
  const add = { add: hashSecret('other'), secretId: newId<SecretId>() };
  await changeSecrets(database, 'operator', { clientId: clientOf(world), source: 'command' }, add, ago(30));
};
const aSessionOfTheClient: Preparation = (world, service) =>
  service.sql('update sessions set client_id = $1 where session_id = $2', [clientOf(world), world.second.sessionId]);

/** Without other members, as the unproved are. */
const alone: Preparation = async ({ person, own }, service) => {
  await service.sql('delete from memberships where user_id = $1 and org_id <> $2', [person.userId, own]);
};

const ownClient: Preparation = (world, _, database) =>
  saveClient(database, 'operator', toSave(world, { first_party: true }), 'create', ago(60));
/** Our own client, and what it has pushed. */
const pushed: Preparation = async (world, service, database) => {
  await ownClient(world, service, database);
  await service.sql(
    `insert into pushed_requests (request_hash, client_id, parameters, created_at, expires_at)
    values ($1, $2, $3, now(), now() + interval '90 seconds')`,
    [pushedOf(world), clientOf(world), JSON.stringify(comparable(askedBy(world)))],
  );
};

const someConsent: Preparation = async (world, service, database) => {
  await aClient(world, service, database);
  await service.sql(
    `insert into consents (consent_id, user_id, client_id, scopes, consent_hash, given_at)
    select $1, $2, client_id, '{email}', consent_hash, now() - interval '1 day' from clients where client_id = $3`,
    [consentOf(world), world.person.userId, clientOf(world)],
  );
};
const aConsentInUse: Preparation = async (world, service, database) => {
  await someConsent(world, service, database);
  await aSessionOfTheClient(world, service, database);
};
/** Of the world's client, whom the person's browser has it from. */
const code =
  (usedBy: (world: World) => string | null): Preparation =>
  async (world, service, database) => {
    await ownClient(world, service, database);
    await service.sql(
      `insert into authorization_codes (
        code_hash, client_id, user_id, password_epoch, browser_session_id, redirect_uri, code_challenge, scope, auth_time,
        created_at, expires_at, used_at, session_id
      )
      values ($1, $2, $3, 0, $4, 'https://app.example/', 'c', '{openid}', now(), now(), now() + interval '1 minute',
        case when $5::uuid is not null then now() end, $5)`,
      [codeOf(world), clientOf(world), world.person.userId, world.browser.sessionId, usedBy(world)],
    );
  };

/** A device of the world's client, which has asked. */
const aDevice =
  (polledAt: string | null, userOf: (world: World) => string | null = () => null): Preparation =>
  async (world, service, database) => {
    await ownClient(world, service, database);
    await service.sql('update clients set grants = $2 where client_id = $1', [
      clientOf(world),
      ['authorization_code', DEVICE_GRANT],
    ]);
    await service.sql(
      `insert into device_codes (
        device_hash, user_code, client_id, scope, user_id, ip_address, interval_seconds, polled_at, created_at, expires_at
      )
      values ($1, 'BCDFGHJK', $2, '{openid}', $3, '', 5, $4, now(), now() + interval '10 minutes')`,
      [codeOf(world), clientOf(world), userOf(world), polledAt],
    );
  };
const aDeviceLetIn: Preparation = async (world, service, database) => {
  await code(() => null)(world, service, database);
  await service.sql('update authorization_codes set redirect_uri = null, code_challenge = null');
  await aDevice(null, ({ person }) => person.userId)(world, service, database);
};

/** The person's second session is one of the world's client. */
const clientSession =
  (rule: string): Preparation =>
  async (world, service, database) => {
    await ownClient(world, service, database);
    await service.sql(
      `update sessions set kind = 'client', client_id = $2, browser_session_id = $3, scope = '{openid}', sid = 'sid', refresh = $4
      where session_id = $1`,
      [world.second.sessionId, clientOf(world), world.browser.sessionId, rule],
    );
  };

export const preparations: Readonly<Record<string, Preparation>> = {
  'a change of address that is taken back': aChange(),
  'a change of address that is confirmed': aChange(),
  'a change of address that is cancelled': aChange(),
  'a change of address that is undone': aChange(true),
  'a passkey looked for': aPasskey,
  'a passkey named': aPasskey,
  'a passkey removed': aPasskey,
  'a try of a second factor': anApp,
  'a try of a second factor in a session': anApp,
  'a code in a session': aCode,
  'a login with the link that gives factors back': aFactorsLink,
  'factors that an administrator takes': anAppAndAPassword,
  'factors that a command takes': anAppAndAPassword,
  'a login with a code': anApp,
  'an app that is sealed again': anApp,
  'a try to confirm an authenticator app': aNewApp,
  'an authenticator app that is confirmed': aNewApp,
  'an authenticator app that is removed': anAppAtLevel2,
  'recovery codes that are made': anAppAtLevel2,
  'a try of a second factor that is over a limit': exhaust,
  'a logo that is kept': aClientWithLogo,
  'a refused login': exhaust,
  'a login that may not be told': exhaust,
  'what is refused alone': exhaust,
  'a refresh with a token that is honoured once': ({ second }, service) =>
    service.sql('update sessions set honoured_once = true where session_id = $1', [second.sessionId]),
  'a replayed refresh': ({ second }, _, database) => present(database, second.token, ago(2)),
  'a refresh with a stolen token': ({ second }, _, database) => present(database, second.token, ago(3_600)),
  'the owner disowns': alone,
  'the sweep of accounts that nobody proved': alone,
  'deletes the account': alone,
  'a client that is changed': aClient,
  'a client that is saved as it is': aClient,
  "a client's other secret": aClient,
  "a client's older secret that is dropped": twoSecrets,
  'the secrets of a client of the settings': aClient,
  'a client that is removed': aClient,
  'a registration that is replaced': registered,
  'a client that removes itself': registered,
  'a client that nobody uses': registered,
  'a registration that is admitted': aRegistrationToken,
  'a token to register with that is taken back': aRegistrationToken,
  'an assertion that is spent': aClient,
  'the sessions of a client that was removed': aSessionOfTheClient,
  'a code': ownClient,
  'a code for a pushed request': pushed,
  'a request that is pushed': ownClient,
  'a consent': aClient,
  'more of a consent': someConsent,
  'a consent that is taken back': aConsentInUse,
  'a device that asks': ownClient,
  'a code of a device': aDevice(null),
  'a device that is denied': aDevice(null),
  'a device that is let in': aDevice(null),
  'a question of a device': aDevice(null),
  'a question of a device that came too soon': aDevice('now'),
  'a device that is let in, for a session': aDeviceLetIn,
  'a code for a session': code(() => null),
  'a code that was used': code(({ second }) => second.sessionId),
  "a client's refresh": clientSession('rotates'),
  "a client's refresh with a token that stays": clientSession('keeps'),
  "a client's session that it ends": clientSession('rotates'),
  'a delivery given back': inHand,
  'a mail that is sent': inHand,
  'a mail that comes back': (world, _, database) => takeTheirs(database, world),
  'a claim of events': event('attempts', '0'),
  'the marks of events': event('lease_id, leased_until', '$2, now()'),
  'another chance for dead letters': event('dead', 'true'),
  'the sweep of sessions': ({ second }, service) =>
    service.sql(`update sessions set expires_at = now() - interval '3 days' where session_id = $1`, [second.sessionId]),
  'the sweep of the audit log': (_, service) =>
    service.sql(
      `insert into audit_log (occurred_at, action, correlation_id) values (now() - interval '1 year', 'old', gen_random_uuid())`,
    ),
};
