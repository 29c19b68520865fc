/** A new set of recovery codes. */
import { type FactorId, newId } from '../domain/ids.ts';
import { newRecoveryCodes, recoveryCodeHash } from '../domain/recovery-codes.ts';
import type { RequestContext } from '../domain/request-context.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import { makeRecoveryCodes } from '../store/recovery-codes.ts';
import { assertSure } from './assert-sure.ts';
import type { Needing } from './needs.ts';
import type { FactorOwner } from './totp.ts';

/**
 * @returns the codes, which nothing has any more afterwards
 * @throws Problem TOKEN_INVALID, FORBIDDEN, CONFLICT without another factor; those of {@link assertSure}
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
  assertSure(await makeRecoveryCodes(database, owner, set, settings, context), owner, settings);
  return codes;
}
