/** Taking the factors of somebody who has lost them all ("Lost everything"): by an administrator, or by a command. */
import type { AccessClaims } from '../domain/access-token.ts';
import { type EntryId, type EventId, newId, type TokenId, type UserId } from '../domain/ids.ts';
import { factorsLinkEnd } from '../domain/mailed-link.ts';
import type { Cause, RequestContext } from '../domain/request-context.ts';
import type { Settings } from '../domain/settings.ts';
import { administerForSure, goneCaller, ofAccountForSure, type Sure } from './administration.ts';
import { recordEach } from './audit.ts';
import { NO_PASSWORD } from './claims.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { announceEach } from './outbox.ts';
import { type RecencySettings, recencyParameters, staleAcr } from './recent-authentication.ts';
import { revokeAndTell, revokeParameters } from './revocation.ts';
import { callerParameters } from './sessions.ts';

/**
 * Cases of a verdict on the account `of`. The link goes to a proved address alone, and counts beside a password alone: where
 * there is none, whoever reads the mailbox would have all that is asked for.
 */
const linkWorks = (of: string) => `
  when (select email_verified_at is null from ${of}) then 'no_mailbox'
  when :without_passwords or (select password_hash = :no_password from ${of}) then 'no_password'`;

/**
 * CTEs that take the factors of the account in `target`, where `verdict` allows it. Its sessions end; also one that a login
 * with a factor opens at this moment, since the password's epoch rises. Links that were mailed before are over by that, and
 * the one that is mailed now stays until the password is another (migrations/0030).
 */
const takeFactors = `
  reset as (
    update users u
    set
      factors_reset_at = :now::timestamptz,
      password_epoch = u.password_epoch + 1,
      updated_at = :now::timestamptz
    from verdict, target
    where
      verdict = 'allowed'
      and u.user_id = target.user_id
      -- Not in another try of this statement, after the answer of the first was lost.
      and u.factors_reset_at is distinct from :now::timestamptz
    returning u.user_id, u.email
  ),
  taken as (
    delete from factors f
    using reset
    where f.user_id = reset.user_id
    returning f.user_id, f.kind, f.confirmed_at
  ),
  gone as (select user_id, kind from taken where confirmed_at is not null),
  ${announceFactorChange('removed', 'gone', { many: true })},
  ${revokeAndTell('s.user_id = reset.user_id', 'from reset')},
  issued as (
    insert into one_time_tokens (token_id, user_id, purpose, created_at, expires_at)
    select :link_id::uuid, user_id, 'reset_factors', :now::timestamptz, :link_ends_at::timestamptz
    from reset
    on conflict do nothing
    returning user_id
  ),
  mailed as (${announceEach(
    'huleedu.email.notification.requested.v1',
    {
      aggregate: { type: 'email', id: ':link_id::uuid' },
      standalone: true,
      eventId: ':link_event_id::uuid',
      data: {
        message_id: ':link_id',
        template_id: "'factors_reset'",
        to: 'email',
        // Of the link the id alone: the mail consumer makes what opens it (S28).
        variables: "jsonb_build_object('token_id', :link_id)",
        category: "'system'",
      },
    },
    'issued join reset using (user_id)',
  )}),
  recorded as (${recordEach(
    'factors.reset',
    {
      id: ':reset_entry_id::uuid',
      actor: ':caller_user::uuid',
      detail: { stated_reason: ':stated_reason::text', by: ':by::text' },
    },
    'reset',
  )})`;

export type ResetSettings = Pick<Settings, 'emailLogin'>;

const takeParameters = (statedReason: string, actor: UserId | null, { emailLogin }: ResetSettings, cause: Cause) => ({
  stated_reason: statedReason,
  by: actor ? 'administrator' : 'operator',
  no_password: NO_PASSWORD,
  without_passwords: emailLogin === 'only',
  link_id: newId<TokenId>(),
  link_event_id: newId<EventId>(),
  link_ends_at: factorsLinkEnd(cause.now),
  reset_entry_id: newId<EntryId>(),
  ...factorChangeParameters(cause, actor),
  ...revokeParameters('admin', cause),
});

/** By an administrator, never of his own: a session of his that is stolen would free itself of his factors. */
export async function resetFactors(
  database: Database,
  claims: AccessClaims,
  { userId, reason }: { readonly userId: UserId; readonly reason: string },
  settings: RecencySettings & ResetSettings,
  context: RequestContext,
): Promise<Sure> {
  const [row] = await database.query<Sure>(
    `
    with ${administerForSure('u.user_id = :user_id::uuid')},
    verdict as (
      select
        case
          ${ofAccountForSure}
          when :user_id::uuid = :caller_user::uuid then 'own_account'
          ${linkWorks('target')}
          else 'allowed'
        end as verdict
    ),
    ${takeFactors}
    select verdict, ${staleAcr} from verdict`,
    {
      user_id: userId,
      ...takeParameters(reason, claims.sub, settings, context),
      ...recencyParameters(settings),
      ...callerParameters(claims, context),
    },
  );
  return row ?? goneCaller;
}

export interface FactorsReset {
  readonly user_id: UserId;
  readonly verdict: 'allowed' | 'no_mailbox' | 'no_password';
}

/** By the operator, who needs nobody: the last administrator may have lost his. @returns null when nobody has the address */
export async function resetFactorsByOperator(
  database: Database,
  emailKey: string,
  reason: string,
  settings: ResetSettings,
  cause: Cause,
): Promise<FactorsReset | null> {
  const [row] = await database.query<FactorsReset>(
    `
    with target as (select * from users where email_key = :email_key),
    verdict as (select user_id, case ${linkWorks('target')} else 'allowed' end as verdict from target),
    ${takeFactors}
    select user_id, verdict from verdict`,
    { email_key: emailKey, ...takeParameters(reason, null, settings, cause) },
  );
  return row ?? null;
}
