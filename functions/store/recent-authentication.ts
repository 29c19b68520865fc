/**
 * What must not be done with a stolen session alone asks for a person who authenticated within minutes, as surely as the
 * account's factors allow (S85). The statement that acts decides, so that this costs no call of its own.
 */
import type { Acr } from '../domain/authentication-level.ts';
import type { Settings } from '../domain/settings.ts';
import { hasSecondFactor, type PasskeySettings, passkeyParameters } from './factors.ts';
import { isLevel2 } from './levels.ts';
import { authenticatedAt } from './sessions.ts';

const isWithinMaxAge = (time: string) =>
  `coalesce(${time} > :now::timestamptz - make_interval(secs => :max_age), false)`;

const level1: Acr = 'urn:identity:acr:1';
const level2: Acr = 'urn:identity:acr:2';

/** What a statement answers: the level that has to be shown first; null where nothing has. */
export interface Recency {
  readonly stale_acr: Acr | null;
}

/**
 * The CTE `stale`: a row, with the level that has to be shown, unless the person of `caller` is there for sure. A password
 * that was given with the request itself is `:password_shown`: it is recent, and stands for no second factor.
 * @param always SQL, of an account `u`: level 2 is asked for, whichever factors it has
 */
export const staleUnless = (always = 'false') => `
  stale as (
    select asked.acr
    from caller
    join users u using (user_id)
    join sessions s using (session_id)
    cross join lateral (
      select case when ${hasSecondFactor('u')} or (${always}) then '${level2}' else '${level1}' end as acr
    ) as asked
    where
      case asked.acr
        when '${level2}' then not (${isLevel2('s')} and ${isWithinMaxAge('s.level_at')})
        else not (:password_shown or ${isWithinMaxAge(authenticatedAt)})
      end
  )`;

export const stale = staleUnless();

/** A case of a verdict. */
export const staleFirst = `when exists (select from stale) then 'stale'`;

/** A column: of {@link Recency}. */
export const staleAcr = '(select acr from stale) as stale_acr';

export type RecencySettings = Pick<Settings, 'reauthenticationSeconds'> & PasskeySettings;

export const recencyParameters = ({ reauthenticationSeconds, passkeys }: RecencySettings, passwordShown = false) => ({
  ...passkeyParameters({ passkeys }),
  max_age: reauthenticationSeconds,
  password_shown: passwordShown,
});
