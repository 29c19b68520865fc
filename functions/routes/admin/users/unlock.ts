/** POST /v1/admin/users/{user_id}/unlock: from an administrator's lock and from that of failed logins. */
import { dataApi } from '../../../aws/data-api.ts';
import { hmacKeys } from '../../../aws/hmac-keys.ts';
import type { UserId } from '../../../domain/ids.ts';
import { pseudonymizer } from '../../../domain/pseudonym.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { findAddress, unlockAccount } from '../../../store/administration.ts';

const database = dataApi();
const pseudonymKey = hmacKeys('pseudonym');

export const handler = bearerRoute(authenticate, {}, async (request, caller) => {
  const userId = pathId<UserId>(request, 'user_id');
  const { verdict, email_key } = await findAddress(database, caller, userId, request.context);
  assertAllowed(verdict);
  const addressKey = pseudonymizer((await pseudonymKey.keys())[0])('address', email_key);
  assertAllowed(await unlockAccount(database, caller, { userId, addressKey }, request.context));
  return { status: 200, body: { user_id: userId, locked_until: null } };
});
