/** The factors of whoever is signed in. */
import { Problem } from '../domain/problem.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { listFactors } from '../store/own-factors.ts';
import type { Caller } from '../store/sessions.ts';
import type { Needs } from './needs.ts';

/** @throws Problem TOKEN_INVALID when the session is over */
export async function ownFactors({ database }: Pick<Needs, 'database'>, owner: Caller, context: RequestContext) {
  const factors = await listFactors(database, owner, context);
  if (!factors) throw new Problem('TOKEN_INVALID');
  return factors.map(({ created_at, last_used_at, ...factor }) => ({
    ...factor,
    created_at: new Date(created_at).toISOString(),
    last_used_at: last_used_at === null ? null : new Date(last_used_at).toISOString(),
  }));
}
