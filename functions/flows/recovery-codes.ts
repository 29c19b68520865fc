/** A new set of recovery codes. */
import { type FactorId, newId } from '../domain/ids.ts';
import { newRecoveryCodes, recoveryCodeHash } from '../domain/recovery-codes.ts';
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { stepUp } from '../domain/step-up.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import { makeRecoveryCodes } from '../store/recovery-codes.ts';
import type { Needing } from './needs.ts';
import type { FactorOwner } from './totp.ts';

/**
 * @returns the codes, which nothing has any more afterwards
 * @throws Problem TOKEN_INVALID, FORBIDDEN, CONFLICT without another factor; those of {@link stepUp}
 */
export async function renewRecoveryCodes(
  { database, settings, recoveryKey }: Needing<'database' | 'recoveryKey', RecencySettings>,
  owner: FactorOwner,
  context: RequestContext,
): Promise<string[]> {
  const [newest] = await recoveryKey.keys();
  const codes = newRecoveryCodes();
  const hashes = codes.flatMap((code) => recoveryCodeHash(code, owner.sub, newest) ?? []);
  const set = { factorId: newId<FactorId>(), hashes };
  const { verdict, stale_acr: acr } = await makeRecoveryCodes(database, owner, set, settings, context);
  assertAllowed(verdict);
  if (verdict === 'stale') throw stepUp(owner, { acr, maxAge: settings.reauthenticationSeconds });
  return codes;
}
