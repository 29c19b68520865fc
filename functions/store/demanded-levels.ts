/**
 * What the stage, the platform and organisations demand of whoever would act for them (S86): every statement that gives a
 * token, or lets somebody act in an organisation, says it by these.
 */
import type { Settings } from '../domain/settings.ts';
import { hasSecondFactor, isUsable, mailCounts, showedPassword } from './factors.ts';
import { isLevel2, satisfied } from './levels.ts';

export type DemandSettings = Pick<Settings, 'secondFactor' | 'mailAsSecondFactor' | 'passkeys'>;

/** True where the organisation `org` (an id) asks level 2 by now of whoever has these roles in it; null: of no member. */
export const isAskedByOrganization = (org: string, roles: string) => `
  exists (
    select
    from organizations demanding
    where
      demanding.org_id = ${org}
      and demanding.level_2_from <= :now::timestamptz
      -- Without a list: all members.
      and (demanding.level_2_roles && ${roles} or (demanding.level_2_roles is null and ${roles} is not null))
  )`;

const isAdministrator = (user: string) => `coalesce(${user}.platform_roles <> '{}', false)`;

/**
 * True where the account `user` is to sign in at level 2: an administrator of the platform, and whom an organisation asks it
 * of by now. Needs `:now`.
 */
export const needsLevel2 = (user: string) => `(
  ${isAdministrator(user)}
  or exists (
    select
    from memberships m
    where m.user_id = ${user}.user_id and ${isAskedByOrganization('m.org_id', 'm.roles')}
  )
)`;

/**
 * True where an account `user` has to be at level 2 to act in the organisation `org` (an id), or, where that is null, in
 * none: everybody where the stage says so, administrators of the platform always.
 */
export const isLevel2Demanded = (user: string, org: string) => `(
  :level_2_required
  or ${isAdministrator(user)}
  or ${isAskedByOrganization(
    org,
    `(select its.roles from memberships its where its.user_id = ${user}.user_id and its.org_id = ${org})`,
  )}
)`;

/** True of a session that is below what is demanded of its person in the organisation `org`. */
export const isBelow = (session: string, user: string, org: string) =>
  `(not ${isLevel2(session)} and ${isLevel2Demanded(user, org)})`;

/** What statements say of a session that they answer tokens for: `is_below`. */
export interface Below {
  readonly is_below: boolean;
}

export const demandParameters = ({ secondFactor }: DemandSettings) => ({
  level_2_required: secondFactor === 'required',
});

const usable = (user: string, kinds: string) =>
  `exists (select from factors f where f.user_id = ${user}.user_id and f.kind in (${kinds}) and ${isUsable})`;

/** The levels that the account of a session `user` could reach by what it may show now. Needs mailParameters and passkeyParameters. */
export const reachable = (user: string) => `
  case
    when ${usable(user, `'passkey'`)} then ${satisfied.phishingResistant}
    when ${usable(user, `'totp'`)} or (${usable(user, `'recovery'`)} and ${hasSecondFactor(user)})
      or (${showedPassword(user)} and ${mailCounts(user)})
      then ${satisfied.level2}
    else ${satisfied.level1}
  end`;
