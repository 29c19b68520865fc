/** What of a request for authorization depends on the person: of a browser's session `s`, a request `r` and a client `c`. */
import { demandedAcr } from '../domain/authentication-level.ts';
import { isBelow } from './demanded-levels.ts';
import { levelsOf, satisfied } from './levels.ts';

/** What has to be so of the person, beside what has to be so of the client. */
export interface PersonConditions {
  readonly is_signed_in: boolean;
  /** Nobody else was asked for by `id_token_hint`. */
  readonly is_hinted: boolean;
  /** Signed in as lately as `prompt=login`, `prompt=create` and `max_age` want. */
  readonly is_recent: boolean;
  /** Chosen where `prompt=select_account`, or the address of another account, asks for a choice. */
  readonly is_chosen: boolean;
  /** As sure as the stage and the session's organisation demand (S86). */
  readonly is_admitted: boolean;
  /** As sure as an essential `acr` wants. */
  readonly is_sure: boolean;
  /** As sure as the first of the wishes in `acr_values` that the person can reach. */
  readonly is_wished: boolean;
  readonly is_consented: boolean;
}

const arrived = `to_timestamp(r."arrivedAt" / 1000.0)`;

/** Since the request's first arrival: an act, and not the clock at the time of the code, is what was asked for. */
export const sinceArrival = (time: string) => `coalesce(${time} >= ${arrived}, false)`;

/**
 * The levels that the session satisfies, as lately as `max_age` wants: to give the password again makes no second factor
 * more recent, and whoever asks for both, as RFC 9470 §4 has it, would come back without end.
 */
const levelsNow = `(
  case
    when s.level_at < ${arrived} - make_interval(secs => r."maxAge") then ${satisfied.level1}
    else ${levelsOf('s')}
  end
)`;

/** Of the levels that are asked for, in the order in which they are, the first that is among others. */
const firstOf = (asked: string, among: string) => `(
  select wanted.acr
  from unnest(${asked}) with ordinality as wanted (acr, place)
  where wanted.acr = any (${among})
  order by wanted.place
  limit 1
)`;

const essential = `array(select jsonb_array_elements_text(r.claims -> 'essentialAcr'))`;

export const personConditions = {
  is_signed_in: 's.session_id is not null',
  is_hinted: `(r."hintedSub" is null or coalesce(r."hintedSub" = s.user_id::text, false))`,
  is_recent: `(
    (r.prompt && '{login,create}' is not true or ${sinceArrival('s.authenticated_at')})
    and (
      r."maxAge" is null
      or coalesce(s.authenticated_at >= ${arrived} - make_interval(secs => r."maxAge"), false)
    )
  )`,
  is_chosen: `(
    ('select_account' = any (r.prompt) is not true and (r."loginKey" is null or s.email_key = r."loginKey"))
    or ${sinceArrival('s.chosen_at')}
    or ${sinceArrival('s.authenticated_at')}
  )`,
  is_admitted: `not coalesce(${isBelow('s', 's', 's.org_id')}, false)`,
  is_sure: `(
    r.claims -> 'essentialAcr' is null
    or coalesce(r.claims -> 'essentialAcr' ?| ${levelsNow}, false)
  )`,
  // Who must not be asked has what there is.
  is_wished: `(
    'none' = any (r.prompt)
    or coalesce(${firstOf('r."acrValues"', 'w.within_reach')} = any (${levelsNow}), true)
  )`,
  is_consented: `(
    (c.first_party is true and 'consent' = any (r.prompt) is not true)
    or exists (select from consent)
  )`,
} as const satisfies Record<keyof PersonConditions, string>;

/** Of the levels that are asked for, the first that the session satisfies; an essential one comes before a wish. */
export const answeredAcr = firstOf(`${essential} || coalesce(r."acrValues", '{}')`, levelsOf('s'));

/** What a second factor is asked for: an essential level, what is demanded, a wish; null where none would do. */
export const stepUpAcr = `
  case
    when not is_sure then ${firstOf(essential, 'w.within_reach')}
    when not is_admitted then '${demandedAcr}'
    when not is_wished then ${firstOf('r."acrValues"', 'w.within_reach')}
  end`;
