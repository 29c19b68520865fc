/** Deleting the own account: for good, and only with the password, as a stolen token must not be enough. */
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { deleteAccount as erase } from '../store/account-deletion.ts';
import type { Caller } from '../store/sessions.ts';
import { type ConfirmNeeds, confirmPassword, passwordRefusal } from './confirm-password.ts';

/** @throws Problem CONFLICT for the last owner of an organisation with others; those of {@link confirmPassword} */
export async function deleteAccount(
  needs: ConfirmNeeds,
  claims: Caller,
  password: string,
  context: RequestContext,
): Promise<void> {
  const confirmed = await confirmPassword(needs, claims, password, context);
  const { outcome, retry_after } = await erase(needs.database, claims, confirmed, context);
  if (outcome === 'locked') throw passwordRefusal(retry_after);
  assertAllowed(outcome);
}
