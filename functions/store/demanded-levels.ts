/**
 * What the stage, the platform and organisations demand of whoever would act for them (S86): every statement that gives a
 * token, or lets somebody act in an organisation, says it by these.
 */
import type { Acr } from '../domain/authentication-level.ts';
import type { Settings } from '../domain/settings.ts';
import { hasSecondFactor, isUsable } from './factors.ts';
import { isLevel2 } from './levels.ts';

export type DemandSettings = Pick<Settings, 'secondFactor'>;

/** True where the organisation `org` (an id) asks level 2 by now of whoever has these roles in it. */
export const isAskedByOrganization = (org: string, roles: string) => `
  exists (
    select
    from organizations demanding
    where
      demanding.org_id = ${org}
      and demanding.level_2_from <= :now::timestamptz
      and demanding.level_2_roles && ${roles}
  )`;

/**
 * True where an account `user` has to be at level 2 to act in the organisation `org` (an id), or, where that is null, in
 * none: everybody where the stage says so, administrators of the platform always.
 */
export const isLevel2Demanded = (user: string, org: string) => `(
  :level_2_required
  or coalesce(${user}.platform_roles <> '{}', false)
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

const levels = (...acrs: readonly Acr[]) => `'{${acrs.join(',')}}'::text[]`;
const usable = (user: string, kinds: string) =>
  `exists (select from factors f where f.user_id = ${user}.user_id and f.kind in (${kinds}) and ${isUsable})`;

/** The levels that an account `user` could reach by what it may show now. */
export const reachable = (user: string) => `
  case
    when ${usable(user, `'passkey'`)} then ${levels('phr', 'urn:identity:acr:2', 'urn:identity:acr:1')}
    when ${usable(user, `'totp'`)} or (${usable(user, `'recovery'`)} and ${hasSecondFactor(user)})
      then ${levels('urn:identity:acr:2', 'urn:identity:acr:1')}
    else ${levels('urn:identity:acr:1')}
  end`;
