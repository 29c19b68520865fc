/**
 * How sure a session makes us, of its row: `amr` is what was shown, `level_at` when a second factor was, and `level_until`
 * how long that counts. Needs `:now`.
 */
import { acrValues, firstMethods, type Method, methods } from '../domain/authentication-level.ts';

/** A kept session is of level 1 again after a day, or an hour without use (NIST SP 800-63B-4 §2.2.3). */
const LONGEST = `interval '24 hours'`;
const IDLE = `interval '1 hour'`;

const list = (values: readonly string[]) => `'{${values.join(',')}}'::text[]`;

/** With each level those below it, the highest first: arrays of SQL. */
const [one, two, phishingResistant] = acrValues;
export const satisfied = {
  level1: list([one]),
  level2: list([two, one]),
  phishingResistant: list([phishingResistant, two, one]),
};

/** True of a row `of` while its second factor counts. */
export const isLevel2 = (of: string) => `coalesce(${of}.level_until > :now::timestamptz, false)`;

/** The levels that it satisfies, the highest first: `levels` of SessionLevel. */
export const levelsOf = (of: string) => `
  case
    when not ${isLevel2(of)} then ${satisfied.level1}
    when 'pop' = any (${of}.amr) then ${satisfied.phishingResistant}
    else ${satisfied.level2}
  end`;

/** True of a session `of` whose second factor was a mailed code: administrators of the platform have none by it. */
export const isLevel2ByMail = (of: string) => `(${isLevel2(of)} and not ${of}.amr && '{otp,rec,pop}')`;

/** The columns of TokenSession, of a session. */
export const tokenColumns = (of: string) => `${of}.amr, ${of}.acr, ${levelsOf(of)} as levels, ${of}.status_index`;

/** `level_until` after a use of the session `of`: what is over stays over. */
export const keptLevel = (of: string) => `
  case
    when ${isLevel2(of)} then least(${of}.level_at + ${LONGEST}, :now::timestamptz + ${IDLE})
    else ${of}.level_until
  end`;

/** `level_at` and `level_until` of a session that begins with `:amr`. */
export const levelAtBeginning = `
  case when 'mfa' = any (:amr::text[]) then :now::timestamptz end,
  case when 'mfa' = any (:amr::text[]) then :now::timestamptz + ${IDLE} end`;

/** `:amr`: what was shown, an array of SQL. */
export const shownParameters = (amr: readonly Method[]) => ({ amr: `{${amr.join(',')}}` });

/**
 * Assignments for a session `s` whose person has shown `:amr` now. A second factor takes the place of the one before; one
 * that is over does not count because another came.
 */
export const raised = `
  amr = array(
    select method
    from unnest(${list(methods)}) with ordinality as known (method, place)
    where
      method = any (:amr::text[])
      or (
        method = any (coalesce(s.amr, '{pwd}'))
        and (method = any (${list(firstMethods)}) or not 'mfa' = any (:amr::text[]))
      )
    order by place
  ),
  level_at = case when 'mfa' = any (:amr::text[]) then :now::timestamptz else s.level_at end,
  level_until = case when 'mfa' = any (:amr::text[]) then :now::timestamptz + ${IDLE} else s.level_until end,
  reauthenticated_at = :now::timestamptz`;
