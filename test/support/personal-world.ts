/** People with as much data as possible: for export and deletion. */
import { randomBytes } from 'node:crypto';
import { raise } from './levels.ts';
import { complainAbout } from './mail-feedback.ts';
import { mailedToken, newestMail } from './mailbox.ts';
import { invite, makeAdmin, newOrganization, refreshed } from './organizations.ts';
import { type Person, registerAndLogin } from './people.ts';
import type { Service } from './service.ts';

/** A person with an unproved address, and with all data that such an account can have. */
export async function newcomer(service: Service): Promise<Person> {
  // These texts are unique, so that any place that holds one holds the person's data.
  const own = randomBytes(4).toString('hex');
  const person = await registerAndLogin(service, {
    person_name: {
      first_name: `Thorbjörg ${own}`,
      last_name: `Kalli ${own}`,
      legal_full_name: `Thorbjörg Iðunn ${own}`,
    },
    organization_name: `Tutoring ${own}`,
    locale: 'sv-FI',
  });
  await service.put('/v1/auth/me', { display_name: `Tobbe ${own}` }, person.bearer);
  const device = await person.loginAgain({ device_name: `Telefon ${own}` }, { 'user-agent': `Browser/${own}` });
  await refreshed(service, device);
  await consent(service, person);
  const ended = await person.loginAgain();
  await service.post('/v1/auth/logout', { refresh_token: ended.refreshToken });
  await service.post('/v1/auth/login', { email: person.email.toUpperCase(), password: 'wrong, all wrong' });
  await service.post('/v1/auth/request-password-reset', { email: person.email });
  await complainAbout(service, await newestMail(service, person.email, 'reset_password'));
  // Whoever has them is asked for one at each sign-in.
  await factors(service, person, own);
  await addresses(service, person);
  const again = await service.post('/v1/auth/reauthenticate', { password: person.password }, person.bearer);
  await raise(service, person);
  return { ...person, bearer: { authorization: `Bearer ${again.body.access_token}` } };
}

/** One factor of each kind. */
async function factors(service: Service, { userId }: Person, own: string): Promise<void> {
  await service.sql(
    `insert into factors (
      factor_id, user_id, kind, name, credential_id, public_key, sign_count, may_back_up, is_backed_up, secret,
      code_hashes, confirmed_at, created_at, last_used_at
    )
    select
      uuidv7(), $1, kind, case when kind = 'passkey' then 'Nyckel ' || $2::text end, case when kind = 'passkey' then held end,
      held, 1, true, true, held, array[held], now(), now() - interval '1 day', now()
    from unnest('{passkey,totp,recovery}'::text[]) as kind, sha256(convert_to(kind || $2::text, 'UTF8')) as held`,
    [userId, own],
  );
}

/** An address that was to be another: one change that was undone, and one that was cancelled. */
async function addresses(service: Service, { userId, email }: Person): Promise<void> {
  await service.sql(
    `insert into email_changes (
      change_id, user_id, session_id, password_epoch, old_email, old_email_key, old_verified_at, new_email, new_email_key,
      new_mailbox_key, requested_at, expires_at, confirmed_at, confirmation_id, undone_at, cancelled_at, end_id
    )
    select
      uuidv7(), $1, uuidv7(), 0, $2, $2, now(), kind || '-' || $2, kind || '-' || $2,
      sha256((kind || $2)::bytea), now(), now() + interval '1 day',
      case when kind = 'undone' then now() end,
      case when kind = 'undone' then uuidv7() end,
      case when kind = 'undone' then now() end,
      case when kind = 'cancelled' then now() end,
      uuidv7()
    from unnest('{undone,cancelled}'::text[]) as kind`,
    [userId, email.toLowerCase()],
  );
}

/** A client may see the person, and has used a code. It is everybody's, so its id is nobody's. */
async function consent(service: Service, { userId }: Pick<Person, 'userId'>): Promise<void> {
  const client = 'reader';
  await service.sql(
    `insert into clients (
      client_id, kind, name, grants, audiences, authentication, refresh, source, consent_hash, created_at, updated_at
    )
    values ($1, 'public', 'Reader', '{authorization_code}', '{reader}', 'none', 'rotates', 'command', '', now(), now())
    on conflict do nothing`,
    [client],
  );
  await service.sql(
    `insert into consents (consent_id, user_id, client_id, scopes, resources, consent_hash, given_at)
    values (uuidv7(), $1, $2, '{profile}', '{https://reader.example}', '', now())`,
    [userId, client],
  );
  await service.sql(
    `insert into authorization_codes (
      code_hash, client_id, user_id, password_epoch, browser_session_id, scope, auth_time, created_at, expires_at, used_at
    )
    values (sha256(uuidv7()::text::bytea), $2, $1, 0, uuidv7(), '{profile}', now(), now(), now(), now())`,
    [userId, client],
  );
  await service.sql(
    `insert into device_codes (
      device_hash, user_code, client_id, scope, user_agent, ip_address, user_id, interval_seconds, created_at, expires_at
    )
    values (sha256(uuidv7()::text::bytea), uuidv7(), $2, '{profile}', 'Linux', '192.0.2.9', $1, 5, now(), now())`,
    [userId, client],
  );
}

/** A person with as much data as possible. */
export async function somebody(service: Service): Promise<Person> {
  const person = await newcomer(service);
  const token = await mailedToken(service, person.email, 'verify_email');
  await service.post('/v1/auth/verify-email', { token });
  const admin = await makeAdmin(service, await registerAndLogin(service));
  await service.get(`/v1/admin/users/${person.userId}`, admin.bearer);
  await invite(service, admin, await newOrganization(service, admin), person.email, ['teacher']);
  // Mails to somebody else name the organisation, the older one too.
  const own = await ownOrganization(service, person);
  for (const role of ['teacher', 'member']) await invite(service, person, own, admin.email, [role]);
  // The verification ended the complaint of before.
  await complainAbout(service, await newestMail(service, person.email, 'invitation'));
  return person;
}

async function ownOrganization(service: Service, person: Person): Promise<string> {
  const { body } = await service.get('/v1/orgs', person.bearer);
  return body.orgs[0].org_id;
}

/** Another person, who shares values that belong to nobody: a reason for which a session ended. */
export async function bystander(service: Service): Promise<void> {
  const { refreshToken, userId } = await registerAndLogin(service);
  await consent(service, { userId });
  await service.post('/v1/auth/logout', { refresh_token: refreshToken });
}

export const exportOf = async (service: Service, person: Person) =>
  (await service.get('/v1/auth/me/export', person.bearer)).body;
