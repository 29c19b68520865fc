/**
 * npm run users -- reset-factors EMAIL --reason TEXT: takes the passkeys, the authenticator app and the recovery codes of
 * somebody who has lost them all, also of the only administrator, and mails the link that lets them set up others.
 */
import { resetFactorsByOperator } from '../../functions/store/factor-resets.ts';
import { operatorStage } from '../../lib/operator/stage.ts';
import { readAddress } from './address-argument.ts';

export const usage = 'reset-factors EMAIL --reason TEXT [--stage STAGE]';

const refusals = {
  no_mailbox: 'nobody has proved the address: a reset link for the password proves it, and removes the factors',
  no_password: 'the mailed link counts beside a password alone, and there is none: set one with a reset link first',
} as const;

export async function run(args: string[]): Promise<void> {
  const { stage, database, key, cause, given } = await readAddress(usage, args, 'reason');
  const { service } = operatorStage(stage);
  const reset = await resetFactorsByOperator(database, key, given.reason, service, { ...cause, ipAddress: null });
  if (!reset) throw new Error('no account has this address');
  if (reset.verdict !== 'allowed') throw new Error(refusals[reset.verdict]);
  console.log(`${reset.user_id} has no factors now; a link was mailed; correlation ${cause.correlationId}`);
}
