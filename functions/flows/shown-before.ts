/** What a client shows may count once: an assertion (S77), a DPoP proof (S80). */
import type { AuthenticatedClient } from '../domain/client-credentials.ts';
import { Problem, type ProblemCode } from '../domain/problem.ts';
import type { Database } from '../store/database.ts';
import { type SpentVerdict, spendEach } from '../store/used-once.ts';

export const spentBefore = {
  assertion_used: 'CLIENT_INVALID',
  proof_used: 'DPOP_PROOF_INVALID',
} as const satisfies Record<SpentVerdict, ProblemCode>;

/**
 * Where no statement runs that could spend it.
 * @throws Problem CLIENT_INVALID, DPOP_PROOF_INVALID for what came before
 */
export async function spendShown(database: Database, { shown }: Pick<AuthenticatedClient, 'shown'>): Promise<void> {
  const before = await spendEach(database, shown);
  if (before) throw new Problem(spentBefore[before]);
}
