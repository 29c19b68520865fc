/** DELETE /v1/auth/me: for good, and only with the password: a stolen token must not be enough. */
import { dataApi } from '../../../aws/data-api.ts';
import { DeleteMeRequest } from '../../../contracts/http/administration.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { confirmPassword, passwordRefusal } from '../../../flows/confirm-password.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { bearerRoute } from '../../../http/route.ts';
import { deleteAccount } from '../../../store/account-deletion.ts';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: DeleteMeRequest }, async ({ body, context }, caller) => {
  const confirmed = await confirmPassword(database, caller, body.password, context);
  const { outcome, retry_after } = await deleteAccount(database, caller, confirmed, context);
  if (outcome === 'locked') throw passwordRefusal(retry_after);
  assertAllowed(outcome);
  return { status: 204 };
});
