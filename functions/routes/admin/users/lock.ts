/** POST /v1/admin/users/{user_id}/lock: until a time, or until somebody unlocks. */
import { dataApi } from '../../../aws/data-api.ts';
import { LockRequest } from '../../../contracts/http/administration.ts';
import type { UserId } from '../../../domain/ids.ts';
import { Problem } from '../../../domain/problem.ts';
import { assertAllowed } from '../../../domain/refusal.ts';
import { authenticate } from '../../../http/authenticate.ts';
import { pathId } from '../../../http/query.ts';
import { bearerRoute } from '../../../http/route.ts';
import { lockAccount } from '../../../store/administration.ts';

/** What stands for no end, in the event as well, whose contract wants a time. */
const FOREVER = '9999-12-31T23:59:59.000Z';

const database = dataApi();

export const handler = bearerRoute(authenticate, { body: LockRequest }, async ({ body, ...request }, caller) => {
  const until = new Date(body.until ?? FOREVER);
  if (until <= request.context.now) {
    throw new Problem('VALIDATION_ERROR', { errors: [{ pointer: '/until', detail: 'must be in the future' }] });
  }
  const userId = pathId<UserId>(request, 'user_id');
  assertAllowed(await lockAccount(database, caller, userId, until, request.context));
  return { status: 200, body: { user_id: userId, locked_until: until.toISOString() } };
});
