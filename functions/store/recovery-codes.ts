/** Sets of recovery codes. Going by a code is factor-use.ts. */
import type { FactorId } from '../domain/ids.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { Database } from './database.ts';
import { announceFactorChange, factorChangeParameters } from './factor-changes.ts';
import { hasSecondFactor, mayHaveFactors } from './factors.ts';
import {
  type Recency,
  type RecencySettings,
  recencyParameters,
  stale,
  staleAcr,
  staleFirst,
} from './recent-authentication.ts';
import { type Caller, caller, callerParameters } from './sessions.ts';
import { personOf } from './totp.ts';

export interface NewCodes {
  readonly factorId: FactorId;
  /** The MAC of each. */
  readonly hashes: readonly Buffer[];
}

export interface CodesMade extends Recency {
  readonly verdict: 'made' | 'stale' | Extract<Refusal, 'caller_gone' | 'factors_reset' | 'no_second_factor'>;
}

/** Keeps a set, in the place of the one before. They stand in for another factor, so there has to be one. */
export async function makeRecoveryCodes(
  database: Database,
  by: Caller,
  { factorId, hashes }: NewCodes,
  settings: RecencySettings,
  context: RequestContext,
): Promise<CodesMade> {
  const [row] = await database.query<CodesMade>(
    `
    with ${caller}, ${stale},
    given as (select array(select decode(code, 'hex') from jsonb_array_elements_text(:codes::jsonb) as code) as hashes),
    ${personOf(`${mayHaveFactors('u')} and not exists (select from stale)`)},
    made as (
      insert into factors as f (factor_id, user_id, kind, code_hashes, confirmed_at, created_at)
      select :factor_id::uuid, user_id, 'recovery', given.hashes, :now::timestamptz, :now::timestamptz
      from person, given
      where ${hasSecondFactor('person')}
      on conflict (user_id, kind) where kind <> 'passkey' do update set
        code_hashes = excluded.code_hashes,
        misses = 0,
        closed_at = null,
        confirmed_at = excluded.confirmed_at,
        created_at = excluded.created_at,
        last_used_at = null
      -- Not by this statement's earlier try, whose answer was lost.
      where f.code_hashes <> excluded.code_hashes
      returning f.user_id, f.kind
    ),
    ${announceFactorChange('added', 'made')}
    select
      case
        when not exists (select from caller) then 'caller_gone'
        ${staleFirst}
        when not exists (select from person) then 'factors_reset'
        when not (select ${hasSecondFactor('person')} from person) then 'no_second_factor'
        else 'made'
      end as verdict,
      ${staleAcr}`,
    {
      factor_id: factorId,
      codes: hashes.map((hash) => hash.toString('hex')),
      ...recencyParameters(settings),
      ...callerParameters(by, context),
      ...factorChangeParameters(context, by.sub),
    },
  );
  if (!row) throw new Error('making recovery codes returned no row');
  return row;
}
