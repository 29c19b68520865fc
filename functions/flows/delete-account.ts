/** Deleting the own account: for good, and only for a person who is there for sure, as a stolen token must not be enough. */
import { assertAllowed } from '../domain/refusal.ts';
import type { RequestContext } from '../domain/request-context.ts';
import { deleteAccount as erase } from '../store/account-deletion.ts';
import type { DemandSettings } from '../store/demanded-levels.ts';
import type { RecencySettings } from '../store/recent-authentication.ts';
import type { Caller } from '../store/sessions.ts';
import { assertRecent, type ConfirmNeeds, confirmPerson, passwordRefusal } from './confirm-password.ts';

/** @throws Problem CONFLICT for the last owner of an organisation with others; those of {@link confirmPerson} */
export async function deleteAccount(
  needs: ConfirmNeeds & { readonly settings: RecencySettings & DemandSettings },
  claims: Caller,
  password: string | undefined,
  context: RequestContext,
): Promise<void> {
  const confirmed = await confirmPerson(needs, claims, password, context);
  const erased = await erase(needs.database, claims, confirmed, context);
  if (erased.outcome === 'locked') throw passwordRefusal(erased.retry_after);
  assertRecent(erased, claims, needs.settings);
  assertAllowed(erased.outcome);
}
